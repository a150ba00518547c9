# SPDX-License-Identifier: Apache-2.0
"""TAP points of a test of the hub, each told as it is known."""
import sys

told = []


def check(is_good, name, said=""):
    """One point; said, which may have several lines, explains one that is not good."""
    told.append(bool(is_good))
    if not is_good:
        print("#", str(said).replace("\n", "\n# "))
    print("ok" if is_good else "not ok", len(told), "-", name, flush=True)


def end():
    """Tells how many there were, and leaves with 1 when one was not good."""
    print(f"1..{len(told)}")
    sys.exit(0 if all(told) else 1)
