#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_resumes.py HEARTH

A large file goes up in parts, and comes down over a connection that breaks: the unmodified
huggingface_hub of both families goes on where it was, as the hub's log shows. Prints TAP.
"""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

import hub as hubs
import points
import relay
import servers
from points import check

FAMILIES = ("hf-newest", "hf-0.36")
SIZE, PART, CUT = 40 << 20, 8 << 20, 25 << 20
KEPT = 10 << 20  # the clients write in pieces of this size, and lose one that is not complete
LINE = re.compile(r'"(\S+) (\S+) HTTP/1.1" (\d+) (\d+)')
UPLOAD = """
import sys
from huggingface_hub import HfApi
api = HfApi()
api.create_repo("ada/" + sys.argv[2])
api.upload_file(path_or_fileobj=sys.argv[1], path_in_repo="large.bin",
                repo_id="ada/" + sys.argv[2])
"""
# The older family gives up after a cut, and goes on when it is called again.
DOWNLOAD = """
import hashlib, sys
from huggingface_hub import hf_hub_download
for tries in (1, 2):
    try:
        path = hf_hub_download("ada/" + sys.argv[1], "large.bin")
    except Exception as error:
        print("# broke:", type(error).__name__, file=sys.stderr)
    else:
        print(hashlib.sha256(open(path, "rb").read()).hexdigest())
        break
"""


class Breaking(relay.Relay):
    """Breaks the first connection over which CUT bytes have come."""

    def __init__(self, url):
        self.is_broken = False
        self.passed = 0
        self.lock = threading.Lock()
        super().__init__(url)

    def answered(self, data, came):
        with self.lock:
            breaks = came > CUT and not self.is_broken
            self.is_broken |= breaks
            self.passed += 0 if breaks else len(data)
        return not breaks


def run(family, script, url, folder, token, *args, **more):
    env = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    env.update(HF_ENDPOINT=url, HF_HOME=f"{folder}/{family}", HF_TOKEN=token,
               HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1", **more)
    python = servers.ROOT / ".cache" / family / "bin" / "python"
    if not python.exists():
        sys.exit(f"no {python.relative_to(servers.ROOT)}: tools/test installs it")
    return subprocess.run([python, "-c", script, *args], env=env, check=False, timeout=120,
                          capture_output=True, text=True)


def logged(log, path):
    """Method, status and bytes of every request to a path, since the last call."""
    said = log.read()
    return [(method, int(status), int(size)) for method, where, status, size in
            LINE.findall(said) if re.fullmatch(path, where)]


def uploads(hub, log, family, name, source):
    """Parts are what the LFS way has: Xet is switched off where it would come first."""
    done = run(family, UPLOAD, hub.url, hub.folder, hub.token, source, name,
               HF_HUB_DISABLE_XET="1")
    parts = logged(log, r"/-/lfs/[0-9a-f]{64}/parts(/\d+)?")
    check(done.returncode == 0 and [(m, s) for m, s, _ in parts] ==
          [("PUT", 200)] * (SIZE // PART) + [("POST", 200)],
          f"{family} sends a large file in {SIZE // PART} parts", f"{parts}\n{done.stderr}")


def resumes(hub, log, family, name, digest):
    link = Breaking(hub.url)
    done = run(family, DOWNLOAD, link.url, hub.folder, hub.token, name)
    link.listener.close()
    asked = [entry for entry in logged(log, f"/ada/{name}/resolve/.*") if entry[0] == "GET"]
    check(link.is_broken and done.stdout.strip() == digest,
          f"{family} has the whole file over a connection that broke", done.stderr)
    check([status for _, status, _ in asked] == [200, 206],
          f"{family} asked for the whole once, then for a part", asked)
    rest = asked[-1][2] if asked else SIZE
    check(0 < rest <= SIZE - CUT + KEPT and link.passed < SIZE + KEPT + (1 << 20),
          f"{family} did not fetch again what it had", f"{asked} {link.passed}")


def main():
    content = os.urandom(SIZE)
    digest = hashlib.sha256(content).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "source")
        source.write_bytes(content)
        settings = {"access_log": "access.log", "part_size": f"{PART >> 20}M"}
        with hubs.Hub(folder + "/hub", settings) as hub, \
                open(f"{hub.folder}/access.log", encoding="utf-8") as log:
            for family in FAMILIES:
                name = "by-" + family.replace(".", "-")
                uploads(hub, log, family, name, str(source))
                resumes(hub, log, family, name, digest)
    points.end()


if __name__ == "__main__":
    main()
