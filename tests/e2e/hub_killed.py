#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_killed.py HEARTH [ROUNDS [SEED]]

The server is killed at random moments of pushes and Xet uploads. What was acknowledged is there
when it is back, nothing is half, and the next push goes through as if nothing had been. `hearth
hub fsck` and git itself say so. Prints TAP.
"""
import hashlib
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to

ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
RNG = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
LONGEST_S = 0.6
SHARD_TAG = b"HFRepoMetaData\0" + bytes((85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189,
                                         217, 92, 205, 209, 74, 169))
GIT_ENV = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
           "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
           "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
           "GIT_COMMITTER_EMAIL": "ada@example.org"}
points = []


def check(is_good, name, said=""):
    points.append(bool(is_good))
    if not is_good:
        print("#", str(said).replace("\n", "\n# "))
    print("ok" if is_good else "not ok", len(points), "-", name)


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=GIT_ENV, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.returncode == 0, done.stdout.strip()


def hash_bytes(text):
    """A hash as shards have it: each group of eight bytes the other way round."""
    raw = bytes.fromhex(text)
    return b"".join(raw[at:at + 8][::-1] for at in range(0, 32, 8))


def xet_upload(hub, content):
    """What a Xet client sends for one file, and the commit that names it."""
    grant = json.loads(hub.call("/api/models/ada/model/xet-write-token/main")[1])
    oid, xorb, chunks = hashlib.sha256(content).hexdigest(), hashlib.sha256(content[:9]), b""
    pieces = [content[at:at + 65536] for at in range(0, len(content), 65536)]
    for piece in pieces:
        size = struct.pack("<I", len(piece))[:3]
        chunks += b"\0" + size + b"\0" + size + piece
    name = xorb.hexdigest()
    shard = (SHARD_TAG + struct.pack("<QQ", 2, 0) +
             bytes(32) + struct.pack("<II8x", 0x40000000, 1) +
             hash_bytes(name) + struct.pack("<IIII", 0, len(content), 0, len(pieces)) +
             hash_bytes(oid) + bytes(16) + b"\xff" * 32 + bytes(16))
    for path, body in ((f"/v1/xorbs/default/{name}", chunks), ("/v1/shards", shard)):
        request = urllib.request.Request(grant["casUrl"] + path, body, {
            "Authorization": f"Bearer {grant['accessToken']}"})
        urllib.request.urlopen(request, timeout=60).read()
    lines = [{"key": "header", "value": {"summary": "xet"}},
             {"key": "lfsFile", "value": {"path": f"{oid[:8]}.bin", "algo": "sha256",
                                          "oid": oid, "size": len(content)}}]
    request = urllib.request.Request(
        hub.url + "/api/models/ada/model/commit/main",
        "\n".join(map(json.dumps, lines)).encode(),
        {"Authorization": f"Bearer {hub.token}", "Content-Type": "application/x-ndjson"})
    urllib.request.urlopen(request, timeout=60).read()
    return f"{oid[:8]}.bin"


def pushes_until_killed(hub, work, done):
    """Branches of their own, so that commits of the other writer are in nobody's way."""
    for n in range(10000):
        pathlib.Path(work, "note.txt").write_bytes(RNG.randbytes(20000))
        git(work, "add", "-A")
        git(work, "commit", "-qm", f"{n}")
        commit = git(work, "rev-parse", "HEAD")[1]
        if not git(work, "push", "-q", hub.remote("model"), "HEAD:refs/heads/pushed")[0]:
            return
        done["pushed"] = commit


def uploads_until_killed(hub, done):
    while True:
        content = RNG.randbytes(400000)
        try:
            done.setdefault("files", {})[xet_upload(hub, content)] = content
        except (OSError, urllib.error.URLError, ValueError):
            return


def one_round(folder, work, done):
    hub = hubs.Hub(folder, is_new=False)
    threads = [threading.Thread(target=pushes_until_killed, args=(hub, work, done)),
               threading.Thread(target=uploads_until_killed, args=(hub, done))]
    for thread in threads:
        thread.start()
    threads[0].join(RNG.random() * LONGEST_S)
    hub.child.kill()
    for thread in threads:
        thread.join()
    hub.__exit__()


def is_whole(folder, work, done, n):
    repo = f"{folder}/hub/ada/model.git"
    with hubs.Hub(folder, is_new=False) as hub:
        files = done.get("files", {})
        is_there = all(hub.call(f"/ada/model/resolve/main/{name}")[1] == content
                       for name, content in files.items())
        check(is_there, f"round {n}: {len(files)} acknowledged uploads are whole")
        tip = git(repo, "rev-parse", "refs/heads/pushed")[1] if done.get("pushed") else ""
        reached = not tip or git(repo, "merge-base", "--is-ancestor", done["pushed"], tip)[0]
        check(reached, f"round {n}: the last acknowledged push is there", tip)
        for _ in range(2):  # a git that outlived its server may just be moving the branch
            is_pushed, said = git(work, "push", "-q", "-f", hub.remote("model"),
                                  "HEAD:refs/heads/pushed")
            if is_pushed:
                break
        check(is_pushed, f"round {n}: the next push goes through", said)
        done["pushed"] = git(work, "rev-parse", "HEAD")[1]
    is_sound, said = git(repo, "fsck", "--strict", "--no-dangling")
    check(is_sound, f"round {n}: git finds no fault", said)
    fsck = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=folder, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(fsck.returncode == 0, f"round {n}: nor does hearth hub fsck", fsck.stdout)


def main():
    with tempfile.TemporaryDirectory() as top:
        folder, work, done = f"{top}/hub", f"{top}/work", {}
        with hubs.Hub(folder) as hub:
            hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
        git(top, "init", "-q", "-b", "main", work)
        for n in range(1, ROUNDS + 1):
            one_round(folder, work, done)
            is_whole(folder, work, done, n)
    print(f"1..{len(points)}")
    sys.exit(0 if all(points) else 1)


if __name__ == "__main__":
    main()
