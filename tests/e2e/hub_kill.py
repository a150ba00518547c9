#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_kill.py HEARTH [MOMENTS] [SEED]

Kills `hearth serve` with SIGKILL at random moments while clients upload large files, send
others over Xet, commit, and push by git, all at once. After each kill `hearth hub fsck` and
`git fsck --strict` must find nothing half, and what the hub said it had taken must be there,
byte for byte, on the branch; and the next push goes through. Prints TAP, one line for each
moment.
"""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HEARTH = os.path.abspath(sys.argv[1])
MOMENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
CLIENTS = 2  # and one who pushes
REPO = "ada/storm"
SHARD_TAG = b"HFRepoMetaData\0" + bytes((85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189,
                                         217, 92, 205, 209, 74, 169))
GIT_ENV = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
           "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
           "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
           "GIT_COMMITTER_EMAIL": "ada@example.org"}
SOME = (200, 70_000, 1_500_000, 6_000_000)  # bytes; the last goes to LFS in every way


class Hub:
    """One life of a server, and what it said that it had done."""

    def __init__(self, folder, token):
        self.folder, self.token = folder, token
        self.child = subprocess.Popen([HEARTH, "serve", "--listen", "127.0.0.1:0"],
                                      cwd=folder, stdout=subprocess.PIPE, text=True,
                                      stderr=subprocess.DEVNULL)
        url = json.loads(self.child.stdout.readline())["url"]
        self.netloc = urllib.parse.urlsplit(url).netloc

    def ask(self, method, path, body=b"", kind="application/json", token=None):
        connection = http.client.HTTPConnection(self.netloc, timeout=60)
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": kind}
        if token == "":  # a signed address
            headers = {}
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read()
        finally:
            connection.close()
        if reply.status != 200:
            raise RuntimeError(f"{method} {path}: {reply.status} {text[:200]}")
        return json.loads(text) if text else {}

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self.child.stdout.close()


def commit(hub, repo, *lines):
    body = "\n".join(json.dumps(line) for line in (
        {"key": "header", "value": {"summary": "storm"}}, *lines))
    return hub.ask("POST", f"/api/models/{repo}/commit/main", body.encode(),
                   "application/x-ndjson")["commitOid"]


def lfs_file(path, oid, content):
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid,
                                        "size": len(content)}}


def upload_large(hub, repo, path, content):
    oid = hashlib.sha256(content).hexdigest()
    batch = hub.ask("POST", f"/{repo}.git/info/lfs/objects/batch", json.dumps(
        {"operation": "upload", "transfers": ["basic"],
         "objects": [{"oid": oid, "size": len(content)}]}).encode())
    actions = batch["objects"][0].get("actions")
    if actions:
        url = urllib.parse.urlsplit(actions["upload"]["href"])
        hub.ask("PUT", f"{url.path}?{url.query}", content, token="")
    return commit(hub, repo, lfs_file(path, oid, content))


def hash_bytes(text):
    """A hash as shards have it: each group of eight bytes the other way round."""
    raw = bytes.fromhex(text)
    return b"".join(raw[at:at + 8][::-1] for at in range(0, 32, 8))


def upload_xet(hub, repo, path, content):
    """What a Xet client sends for one file: a xorb, the shard that names it, the commit."""
    grant = hub.ask("GET", f"/api/models/{repo}/xet-write-token/main")
    oid, name = hashlib.sha256(content).hexdigest(), hashlib.sha256(content[:99]).hexdigest()
    pieces = [content[at:at + 65536] for at in range(0, len(content), 65536)]
    sizes = [struct.pack("<I", len(piece))[:3] for piece in pieces]
    chunks = b"".join(b"\0" + n + b"\0" + n + piece for n, piece in zip(sizes, pieces))
    shard = (SHARD_TAG + struct.pack("<QQ", 2, 0) +
             bytes(32) + struct.pack("<II8x", 0x40000000, 1) +
             hash_bytes(name) + struct.pack("<IIII", 0, len(content), 0, len(pieces)) +
             hash_bytes(oid) + bytes(16) + b"\xff" * 32 + bytes(16))
    for to, body in ((f"/v1/xorbs/default/{name}", chunks), ("/v1/shards", shard)):
        cas = urllib.parse.urlsplit(grant["casUrl"]).path
        hub.ask("POST", cas + to, body, token=grant["accessToken"])
    return commit(hub, repo, lfs_file(path, oid, content))


def upload_inline(hub, repo, path, content):
    return commit(hub, repo, {"key": "file", "value": {
        "content": base64.b64encode(content).decode(), "path": path, "encoding": "base64"}})


def client(hub, name, seed, taken, refused):
    """Writes until the server is gone; notes what was acknowledged, and what was refused."""
    dice = random.Random(seed)
    for n in range(1000):
        content = dice.randbytes(dice.choice(SOME))
        path = f"{name}/{n}.bin"
        try:
            way = dice.choice((upload_large, upload_inline, upload_xet))
            taken.append((path, hashlib.sha256(content).hexdigest(),
                          way(hub, REPO, path, content)))
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return
        except RuntimeError as error:
            refused.append(str(error))


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=GIT_ENV, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.returncode == 0, done.stdout.strip()


def push(hub, work, *how):
    url = f"http://ada:{hub.token}@{hub.netloc}/{REPO}"
    return git(work, "push", "-q", *how, url, "HEAD:refs/heads/pushed")


def pusher(hub, work, seed, pushed):
    """Pushes to a branch of its own until the server is gone; notes what was acknowledged."""
    dice = random.Random(seed)
    for n in range(1000):
        pathlib.Path(work, "note.txt").write_bytes(dice.randbytes(dice.choice(SOME[:3])))
        git(work, "add", "-A")
        git(work, "commit", "-qm", f"{n}")
        if not push(hub, work)[0]:
            return
        pushed.append(git(work, "rev-parse", "HEAD")[1])


def hearth(folder, *args):
    return subprocess.run([HEARTH, *args], cwd=folder, capture_output=True, text=True,
                          check=False)


def sums(folder):
    root = pathlib.Path(folder)
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in root.rglob("*") if p.is_file()}


def one_life(folder, token, moment, dice):
    """What was taken, refused and pushed before the server was killed."""
    hub = Hub(folder, token)
    taken, refused, pushed = [], [], []
    threads = [threading.Thread(target=client, args=(hub, f"{moment}-{n}", dice.random(), taken,
                                                     refused)) for n in range(CLIENTS)]
    threads.append(threading.Thread(target=pusher, args=(hub, f"{folder}/work", dice.random(),
                                                         pushed)))
    for thread in threads:
        thread.start()
    timer = threading.Event()
    timer.wait(dice.uniform(0.05, 1.5))  # the moment; nothing waits for it
    hub.kill()
    for thread in threads:
        thread.join()
    return taken, refused, pushed


def faults_on_disk(folder):
    done = hearth(folder, "hub", "fsck")
    if done.returncode:
        return done.stdout + done.stderr
    is_sound, said = git(f"{folder}/hub/{REPO}.git", "fsck", "--strict", "--no-dangling")
    return "" if is_sound else said


def lost_files(folder, taken):
    with tempfile.TemporaryDirectory() as to:
        done = hearth(folder, "hub", "download", REPO, to)
        if done.returncode:
            return done.stdout + done.stderr
        there = sums(to)
    lost = [path for path, digest, _ in taken if there.get(path) != digest]
    return f"lost: {lost}" if lost else ""


def lost_pushes(folder, pushed):
    repo = f"{folder}/hub/{REPO}.git"
    if not pushed or git(repo, "merge-base", "--is-ancestor", pushed[-1], "pushed")[0]:
        return ""
    return f"lost: push of {pushed[-1]}"


def next_push(folder, token, pushed):
    """As if nothing had been; only the branch may be ahead by a push that nobody heard of."""
    hub, work = Hub(folder, token), f"{folder}/work"
    try:
        for _ in range(2):  # a git that outlived its server may just be moving the branch
            is_pushed, said = push(hub, work, "-f")
            if is_pushed:
                pushed.append(git(work, "rev-parse", "HEAD")[1])
                return ""
    finally:
        hub.kill()
    return said


def main():
    dice = random.Random(SEED)
    failed, moment, heard, taken, pushed = 0, 0, 0, [], []
    with tempfile.TemporaryDirectory() as folder:
        hearth(folder, "init")
        token = json.loads(hearth(folder, "token", "create", "--user", "ada", "--scope",
                                  "write", "--json").stdout)["token"]
        hearth(folder, "hub", "create", REPO)
        git(folder, "init", "-q", "-b", "main", "work")
        git(f"{folder}/work", "commit", "--allow-empty", "-qm", "first")
        while moment < MOMENTS or not heard and moment < MOMENTS + 20:
            moment += 1
            files, refused, pushes = one_life(folder, token, moment, dice)
            taken, pushed, heard = taken + files, pushed + pushes, heard + len(pushes)
            faults = (faults_on_disk(folder) or lost_files(folder, taken) or
                      lost_pushes(folder, pushed) or next_push(folder, token, pushed) or
                      "\n".join(refused))
            failed += bool(faults)
            print(f"{'not ok' if faults else 'ok'} {moment} - killed beside {CLIENTS} writers "
                  f"and a push: {len(taken)} uploads, {heard} pushes acknowledged in all",
                  flush=True)
            if faults:
                print("#", faults.replace("\n", "\n# "))
    is_real = taken and heard
    print(f"{'ok' if is_real else 'not ok'} {moment + 1} - uploads and pushes were "
          "acknowledged at all")
    print(f"1..{moment + 1}")
    sys.exit(bool(failed) or not is_real)


if __name__ == "__main__":
    main()
