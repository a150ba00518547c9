#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_speaks_hf.py HEARTH

A release published by cycles against the practice forge is read by the unmodified clients of
both families, each in its virtual environment in .cache/; then each writes to a namespace of
its own, and what is stored afterwards is checked. Prints TAP.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import servers

MAX_CYCLES = 8
PROGRAM = os.path.abspath(sys.argv[1])
READS = pathlib.Path(__file__).with_name("hub_reads.py")
WRITES = pathlib.Path(__file__).with_name("hub_writes.py")
FAMILIES = ("hf-newest", "hf-0.36")


def hearth(folder, *args):
    return subprocess.run([PROGRAM, *args], cwd=folder, timeout=600,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, check=False)


def publish(folder):
    """Cycles until nothing is left to do: the first release is out."""
    with servers.Practice(PROGRAM, "github") as forge:
        steps = [("init", "--forge", forge.facts["api"], "--repo", forge.facts["repo"],
                  "--token-file", forge.facts["token_file"]), ("run",), ("apply",)]
        for step in steps + [("run",)] * MAX_CYCLES:
            done = hearth(folder, *step)
            if done.returncode not in (0, 3):
                sys.exit(f"hearth {step[0]}: {done.stdout}")


def token(folder, user, scope):
    done = hearth(folder, "token", "create", "--user", user, "--scope", scope, "--json")
    return json.loads(done.stdout)["token"]


def points_of(family, url, home, script, *args):
    python = servers.ROOT / ".cache" / family / "bin" / "python"
    if not python.exists():
        sys.exit(f"no {python.relative_to(servers.ROOT)}: tools/test installs it")
    env = {**os.environ, "HF_ENDPOINT": url, "HF_HOME": home, "HF_HUB_DISABLE_TELEMETRY": "1",
           "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    done = subprocess.run([python, script, *args], env=env, timeout=200, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    points = [line.split(" - ", 1) for line in done.stdout.splitlines()
              if line.startswith(("ok ", "not ok "))]
    if done.returncode != 0 or not points:
        print("#", done.stdout.replace("\n", "\n# "))
        points.append(["not ok", f"{script.name} with {family} ends with {done.returncode}"])
    return points


def main():
    points = []
    with tempfile.TemporaryDirectory() as folder:
        publish(folder)
        os.chdir(folder)
        with servers.Server([PROGRAM, "serve", "--listen", "127.0.0.1:0"],
                            lambda line: line.startswith("{")) as hub:
            url = json.loads(hub.lines[-1])["url"]
            for family in FAMILIES:
                points += points_of(family, url, f"{folder}/{family}", READS)
            for n, family in enumerate(FAMILIES):
                tokens = [token(folder, user, scope) for user, scope in (
                    (f"user-{n}", "write"), (f"user-{n}", "read"), ("boss", "admin"),
                    (f"guest-{n}", "read"))]
                points += points_of(family, url, f"{folder}/{family}", WRITES,
                                    f"user-{n}", *tokens)
        done = hearth(folder, "hub", "fsck")
        points.append(["not ok" if done.returncode else "ok", "hearth hub fsck afterwards"])
    for n, (state, name) in enumerate(points, 1):
        print("not ok" if state.startswith("not") else "ok", n, "-", name)
    print(f"1..{len(points)}")
    sys.exit(any(state.startswith("not") for state, _ in points))


if __name__ == "__main__":
    main()
