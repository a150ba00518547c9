#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/interop/golden_values.py SOURCE_ROOT

Computes the golden values of the unit tests anew, with the numpy and torch that are here, and
compares them with those that are checked in: number by number, to 1e-7 of each or of 1."""
import glob
import os
import re
import subprocess
import sys

NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
TOLERANCE = 1e-7


def differences(old, new):
    """Where two texts differ in more than the last digits of a number."""
    if NUMBER.sub("N", old) != NUMBER.sub("N", new):
        yield "the text between the numbers"
    for before, now in zip(NUMBER.findall(old), NUMBER.findall(new)):
        if abs(float(before) - float(now)) > TOLERANCE * max(1.0, abs(float(before))):
            yield f"{before} is now {now}"


def main():
    os.chdir(sys.argv[1])
    scripts = sorted(glob.glob("tests/fixtures/model/make_golden*.py"))
    wrong = 0
    for script in scripts:
        header = script.replace("make_", "").replace(".py", ".h")
        made = subprocess.run(["/usr/bin/python3", script], capture_output=True, text=True,
                              check=False)
        if made.returncode != 0:
            sys.exit(f"golden_values: {script}: {made.stderr[-1000:]}")
        old = open(header, encoding="utf-8").read()
        found = list(differences(old, made.stdout))
        count = len(NUMBER.findall(old))
        print(f"{header}: {count} numbers, {len(found)} differ")
        for line in found[:5]:
            print("    " + line)
        wrong += len(found) + (count < 10)
    sys.exit(1 if wrong or not scripts else 0)


if __name__ == "__main__":
    main()
