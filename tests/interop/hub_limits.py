#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_limits.py HEARTH-SIM

The unmodified clients at a hub's limits: one that is told to wait waits as long as it was told,
and goes on; one that asks for what lies behind the end of a file is told where the end is. The
hub's clock is the test's: it moves on when the hub has told somebody to wait. Prints TAP.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import hub as hubs
import points
import relay
import servers
import world
from points import check

WINDOW, LIMIT, LEFT = 300, 20, 2  # seconds, requests, seconds until the window ends
# Prints what became of each of many calls, and stops at the first that failed.
CALLS = """
import huggingface_hub, sys
from huggingface_hub import HfApi
api = HfApi()
for n in range(int(sys.argv[1])):
    try:
        list(api.list_repo_tree("ada/model"))
    except huggingface_hub.errors.HfHubHTTPError as error:
        print("failed", error.response.status_code, str(error).replace("\\n", " "))
        break
    print("ok")
"""
BEYOND = """
import os, tempfile
from huggingface_hub import hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import http_get
url = hf_hub_url("ada/model", ".gitattributes")
with tempfile.TemporaryFile() as file:
    try:
        http_get(url, file, resume_size=10 ** 6)
    except HfHubHTTPError as error:
        print(error.response.status_code, error)
"""


class Between(relay.Relay):
    """When a client is told to wait, that time passes at the hub."""

    def __init__(self, url, clock):
        self.clock = clock
        self.told_to_wait = []  # (seconds, when it was said)
        self.asked_at = []
        super().__init__(url)

    def asked(self, _):
        self.asked_at.append(time.monotonic())

    def answered(self, data, _):
        if data.startswith(b"HTTP/1.1 429"):
            wait = int(re.search(rb'ratelimit: "api";r=0;t=(\d+)', data, re.IGNORECASE)[1])
            self.told_to_wait.append((wait, time.monotonic()))
            self.clock.advance(wait)
        return True

    def waits(self):
        """How long each who was told to wait was silent, beside how long it was told to be."""
        return [(min((at for at in self.asked_at if at > said), default=0) - said, wait)
                for wait, said in self.told_to_wait]


def run(family, script, url, token, folder, *args):
    env = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    env.update(HF_ENDPOINT=url, HF_HOME=f"{folder}/{family}", HF_TOKEN=token,
               HF_HUB_DISABLE_PROGRESS_BARS="1", HF_HUB_DISABLE_TELEMETRY="1")
    python = servers.ROOT / ".cache" / family / "bin" / "python"
    if not python.exists():
        sys.exit(f"no {python.relative_to(servers.ROOT)}: tools/test installs it")
    return subprocess.run([python, "-c", script, *args], env=env, check=False, timeout=120,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def newest_waits(hub, clock, folder):
    clock.advance_to(WINDOW - LEFT)
    between = Between(hub.url, clock)
    done = run("hf-newest", CALLS, between.url, hub.token, folder, str(LIMIT + 5))
    between.listener.close()
    check(done.stdout.count("ok\n") == LIMIT + 5 and len(between.told_to_wait) == 1,
          "the newest family is told to wait, and goes on",
          f"{done.stdout}\n{between.told_to_wait}")
    waits = between.waits()
    check(len(waits) == 1 and waits[0][1] == LEFT and waits[0][0] >= LEFT,
          "after as long as the headers say", waits)


def older_says_so(hub, clock, folder):
    clock.advance_to(3 * WINDOW - LEFT)
    done = run("hf-0.36", CALLS, hub.url, hub.token, folder, str(LIMIT + 5))
    check(done.stdout.count("ok\n") == LIMIT and "failed 429" in done.stdout,
          "the older one ends with 429", done.stdout)
    check("too many requests" in done.stdout, "and with what the hub says", done.stdout)
    clock.advance(LEFT)
    done = run("hf-0.36", CALLS, hub.url, hub.token, folder, "3")
    check(done.stdout.count("ok\n") == 3, "when the time is up it may go on", done.stdout)


def beyond_the_end(hub, clock, folder):
    size = len(hub.call("/ada/model/resolve/main/.gitattributes")[1])
    for family in ("hf-newest", "hf-0.36"):
        clock.advance(WINDOW)
        done = run(family, BEYOND, hub.url, hub.token, folder)
        check(done.stdout.startswith("416 ") and f"bytes */{size}" in done.stdout and
              "bytes=1000000-" in done.stdout,
              f"{family} hears where the end of a file is", done.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        clock = world.Clock(f"{folder}/clock")
        os.environ["HEARTH_SIM_CLOCK"] = clock.path
        with hubs.Hub(folder + "/hub", {"rate_limit": LIMIT}) as hub:
            hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
            for step in (newest_waits, older_says_so, beyond_the_end):
                step(hub, clock, folder)
        clock.close()
    points.end()


if __name__ == "__main__":
    main()
