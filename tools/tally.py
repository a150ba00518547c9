#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tally.py TESTLOG.json

The figures of a meson run, `PASSED FAILED`: a TAP test counts for each of its points. Of tests
that did not pass (a skipped one neither), stderr tells what they said themselves.
"""
import json
import sys

MAX_LINES = 30


def failing_lines(test):
    """The points that failed with their remarks; without any, the end of all it said."""
    said = test.get("stdout", "").splitlines()
    kept = [line for line in said if line.startswith(("not ok", "#"))]
    return (kept or said)[-MAX_LINES:] + test.get("stderr", "").splitlines()[-MAX_LINES:]


def main():
    good = bad = 0
    with open(sys.argv[1], encoding="utf-8") as log:
        for test in map(json.loads, log):
            points = [line.split(" ", 1)[0] for line in test.get("stdout", "").splitlines()]
            if test["result"] == "OK":
                good += max(points.count("ok"), 1)
                continue
            good += points.count("ok")
            bad += max(points.count("not"), 1)
            print(f"-- {test['name']}: {test['result']}", file=sys.stderr)
            for line in failing_lines(test):
                print("   " + line[:200], file=sys.stderr)
    print(good, bad)


if __name__ == "__main__":
    main()
