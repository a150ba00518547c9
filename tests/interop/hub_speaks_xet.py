#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_speaks_xet.py HEARTH

Large files come over Xet from the unmodified client with the wheel hf_xet, by plain http on
loopback; requests that no client makes are refused. Prints TAP.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import hub
import points
import servers
from points import check

UPLOADS = pathlib.Path(__file__).with_name("hub_xet_uploads.py")
PYTHON = servers.ROOT / ".cache/hf-newest/bin/python"


def post(url, body, token=None):
    """The status of a POST."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers),
                                    timeout=60) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def client(served, folder):
    env = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    env.update(HF_ENDPOINT=served.url, HF_HOME=f"{folder}/home", HF_TOKEN=served.token,
               HF_HUB_DISABLE_PROGRESS_BARS="1")
    done = subprocess.run([PYTHON, UPLOADS], cwd=folder, env=env, check=False, text=True,
                          timeout=240, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [line.split(" - ", 1) for line in done.stdout.splitlines()
             if line.startswith(("ok ", "not ok "))]
    for state, name in lines:
        check(state.startswith("ok"), name)
    check(done.returncode == 0 and lines, "the client ends well", done.stdout)
    with urllib.request.urlopen(served.url + "/metrics", timeout=20) as reply:
        figures = reply.read().decode()
    check('route="/-/xet/v1/shards",method="POST",status="2xx"' in figures,
          "and Xet is what it spoke")


def strangers(served):
    _, body = served.call("/api/models/ada/large/xet-write-token/main")
    grant = json.loads(body)
    cas, token = grant["casUrl"], grant["accessToken"]
    name = "0" * 64
    check(post(f"{cas}/v1/xorbs/default/{name}", b"x") == 401, "no token, no xorb")
    check(post(f"{cas}/v1/shards", b"x", served.token) == 401,
          "a token of the hub is none of Xet's")
    forged = token.replace("ada/large", "ada/other")
    check(post(f"{cas}/v1/shards", b"x", forged) == 401, "nor is one for another repository")
    check(post(f"{cas}/v1/xorbs/default/{name}", b"nonsense", token) == 400,
          "nonsense is no xorb")
    check(post(f"{cas}/v1/xorbs/default/..%2f..%2fx", b"x", token) == 400,
          "nor is a path a name")
    check(post(f"{cas}/v1/shards", b"nonsense", token) == 400, "nonsense is no shard")


def main():
    if not PYTHON.exists():
        sys.exit(f"no {PYTHON.relative_to(servers.ROOT)}: tools/test installs it")
    with tempfile.TemporaryDirectory() as folder:
        with hub.Hub(folder + "/hub") as served:
            client(served, folder)
            strangers(served)
    points.end()


if __name__ == "__main__":
    main()
