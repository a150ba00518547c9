#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_kill.py HEARTH [MOMENTS] [SEED]

Kills `hearth serve` with SIGKILL at random moments while several clients upload large files
and commit. After each kill `hearth hub fsck` must find nothing half, and what the hub said it
had taken must be there, byte for byte. Prints TAP, one line for each moment.
"""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HEARTH = os.path.abspath(sys.argv[1])
MOMENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
CLIENTS = 3
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

    def ask(self, method, path, body=b"", kind="application/json", signed=False):
        connection = http.client.HTTPConnection(self.netloc, timeout=60)
        headers = {} if signed else {"Authorization": f"Bearer {self.token}",
                                     "Content-Type": kind}
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


def upload_large(hub, repo, path, content):
    oid = hashlib.sha256(content).hexdigest()
    batch = hub.ask("POST", f"/{repo}.git/info/lfs/objects/batch", json.dumps(
        {"operation": "upload", "transfers": ["basic"],
         "objects": [{"oid": oid, "size": len(content)}]}).encode())
    actions = batch["objects"][0].get("actions")
    if actions:
        url = urllib.parse.urlsplit(actions["upload"]["href"])
        hub.ask("PUT", f"{url.path}?{url.query}", content, signed=True)
    return commit(hub, repo, {"key": "lfsFile", "value": {
        "path": path, "algo": "sha256", "oid": oid, "size": len(content)}})


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
            way = dice.choice((upload_large, upload_inline))
            taken.append((path, hashlib.sha256(content).hexdigest(),
                          way(hub, "ada/storm", path, content)))
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return
        except RuntimeError as error:
            refused.append(str(error))


def hearth(folder, *args):
    return subprocess.run([HEARTH, *args], cwd=folder, capture_output=True, text=True,
                          check=False)


def sums(folder):
    root = pathlib.Path(folder)
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in root.rglob("*") if p.is_file()}


def one_life(folder, token, moment, dice):
    hub = Hub(folder, token)
    taken, refused = [], []
    threads = [threading.Thread(target=client, args=(hub, f"{moment}-{n}", dice.random(), taken,
                                                     refused)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    timer = threading.Event()
    timer.wait(dice.uniform(0.05, 1.5))  # the moment; nothing waits for it
    hub.kill()
    for thread in threads:
        thread.join()
    return taken, refused


def faults_after(folder, taken):
    """What is wrong: half files, or files that were acknowledged and are not there."""
    done = hearth(folder, "hub", "fsck")
    if done.returncode:
        return done.stdout + done.stderr
    with tempfile.TemporaryDirectory() as to:
        done = hearth(folder, "hub", "download", "ada/storm", to)
        if done.returncode:
            return done.stdout + done.stderr
        there = sums(to)
    lost = [path for path, digest, _ in taken if there.get(path) != digest]
    return f"lost: {lost}" if lost else ""


def main():
    dice = random.Random(SEED)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        hearth(folder, "init")
        token = json.loads(hearth(folder, "token", "create", "--user", "ada", "--scope",
                                  "write", "--json").stdout)["token"]
        hearth(folder, "hub", "create", "ada/storm")
        taken = []
        for moment in range(1, MOMENTS + 1):
            done, refused = one_life(folder, token, moment, dice)
            taken += done
            faults = faults_after(folder, taken) or "\n".join(refused)
            failed += bool(faults)
            print(f"{'not ok' if faults else 'ok'} {moment} - killed beside {CLIENTS} writers, "
                  f"{len(taken)} uploads acknowledged in all", flush=True)
            if faults:
                print("#", faults.replace("\n", "\n# "))
    print(f"{'ok' if taken else 'not ok'} {MOMENTS + 1} - something was acknowledged at all")
    print(f"1..{MOMENTS + 1}")
    sys.exit(bool(failed) or not taken)


if __name__ == "__main__":
    main()
