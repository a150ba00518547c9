#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: cycles_speak.py HEARTH [DIALECT DESCRIPTION]

Whole cycles against the practice forge with Prism in between: what Hearth asks and what it is
answered keep to the forge's own description, until nothing is left to do. The dialect is github
and GitHub's OpenAPI unless others are named. Prints TAP.
"""
import json
import pathlib
import subprocess
import tempfile
import urllib.request

import servers

MAX_CYCLES = 8


class Tap:
    def __init__(self):
        self.n = 0
        self.failed = 0

    def check(self, is_good, name, details=""):
        self.n += 1
        print(f"{'ok' if is_good else 'not ok'} {self.n} - {name}")
        if not is_good:
            self.failed += 1
            for line in details.splitlines():
                print("#", line)


HEARTH, DIALECT, DESCRIPTION = servers.arguments()


def hearth(folder, *args):
    return subprocess.run([HEARTH, *args], cwd=folder, timeout=600,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, check=False)


def run_cycles(tap, folder, url, forge):
    """From nothing to a cycle with nothing left to do."""
    init = hearth(folder, "init", "--forge", url, "--dialect", DIALECT, "--repo",
                  forge.facts["repo"], "--token-file", forge.facts["token_file"])
    tap.check(init.returncode == 0, "hearth init", init.stdout)
    check = hearth(folder, "check")
    tap.check(check.returncode == 0, "hearth check", check.stdout)
    first = hearth(folder, "run")
    tap.check(first.returncode == 3, "the first cycle plans and sends nothing", first.stdout)
    apply = hearth(folder, "apply")
    tap.check(apply.returncode in (0, 3), "the plan is sent", apply.stdout)
    for _ in range(MAX_CYCLES):
        last = hearth(folder, "run")
        if last.returncode != 3:
            break
    tap.check(last.returncode == 0, "a later cycle leaves nothing over", last.stdout)


def main():
    tap = Tap()
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, \
            servers.Practice(HEARTH, DIALECT, "--public-url", url) as forge, \
            servers.Prism(port, forge.direct, DESCRIPTION) as prism:
        run_cycles(tap, pathlib.Path(folder), url, forge)
        state = json.load(urllib.request.urlopen(forge.root + "/_practice/state"))
        tap.check(len(state.get("releases", [])) == 1, "one release was published")
        broken = prism.violations()
        tap.check(not broken, "no request or reply breaks the description", "".join(broken))
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
