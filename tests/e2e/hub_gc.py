#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_gc.py HEARTH

`hearth hub gc` beside a hub that serves: what a deleted branch leaves goes once it is old, what
was pushed a moment ago stays, and nothing is lost beside pushes and commits that go on
meanwhile. What is there is told by git. Then fsck, watched on a terminal. Prints TAP.
"""
import base64
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to
import points
from points import check

REPO = "ada/model"
FIRST = 2  # commits: the hub's own, which makes the repository, and ours
PUSHES, COMMITS, FILES = 15, 25, 150  # so many files come as a pack
LONG_AGO = 1600000000
GIT_ENV = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
           "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
           "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
           "GIT_COMMITTER_EMAIL": "ada@example.org"}


def git(folder, *words, must=True):
    done = subprocess.run(["git", *words], cwd=folder, env=GIT_ENV, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if must and done.returncode:
        raise RuntimeError(f"git {words}: {done.stdout}")
    return done.stdout.strip() if must else done.returncode == 0


def gc(folder, *how):
    done = subprocess.run([hubs.HEARTH, "hub", "gc", "--json", *how], cwd=folder, check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def commit_files(work, text, n=1):
    for i in range(n):
        pathlib.Path(work, f"{i}.txt").write_text(f"{text} {i}\n", encoding="utf-8")
    git(work, "add", "-A")
    git(work, "commit", "-qm", text)
    return git(work, "rev-parse", "HEAD")


def is_whole(folder, n_commits):
    """Every ref's history, by git on disk, by a clone and by fsck of ours."""
    bare = f"{folder}/hub/{REPO}.git"
    sound = git(bare, "fsck", "--strict", "--full", "--no-dangling", must=False)
    count = git(bare, "rev-list", "--count", "--all")
    done = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=folder, capture_output=True,
                          text=True, check=False)
    check(sound and int(count) == n_commits and done.returncode == 0,
          f"history is whole: {n_commits} commits", f"{sound} {count} {done.stdout}")


def age_all(bare):
    for path in pathlib.Path(bare, "objects").rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def garbage_goes_and_the_young_stay(hub, folder, work):
    url, bare = hub.remote("model"), f"{folder}/hub/{REPO}.git"
    commit_files(work, "first")
    git(work, "push", "-q", url, "HEAD:refs/heads/main")
    gone = {}
    for name, n in (("loose", 1), ("packed", FILES)):
        git(work, "checkout", "-q", "-B", name, "main")
        gone[name] = commit_files(work, name, n)
        git(work, "push", "-q", url, f"{name}:refs/heads/{name}")
        git(work, "push", "-q", url, f":refs/heads/{name}")
    age_all(bare)
    git(work, "checkout", "-q", "-B", "young", "main")
    young = commit_files(work, "young")
    git(work, "push", "-q", url, "young:refs/heads/young")
    git(work, "push", "-q", url, ":refs/heads/young")
    git(work, "checkout", "-q", "main")
    result = gc(folder)
    check(result["objects"] == 3 + FILES + 2 and result["object_bytes"] > 0 and
          not result["left_alone"], "old garbage is removed and counted", result)
    check(not any(git(bare, "cat-file", "-e", oid, must=False) for oid in gone.values()),
          "and is not there any more")
    check(git(bare, "cat-file", "-e", f"{young}^{{tree}}", must=False),
          "what was pushed a moment ago and has no branch is kept")
    is_whole(folder, FIRST)
    again = gc(folder)
    check(again["objects"] == 0 and again["object_bytes"] == 0,
          "a second time removes nothing", again)


def push_all(hub, work, failed):
    """A commit more on main each time, and a branch that jumps and so leaves garbage."""
    url = hub.remote("model")
    for n in range(PUSHES):
        git(work, "checkout", "-q", "-B", "side", "main")
        commit_files(work, f"side {n}", FILES if n % 5 == 0 else 1)
        git(work, "checkout", "-q", "main")
        commit_files(work, f"push {n}", FILES if n % 5 == 3 else 1)
        if not git(work, "push", "-q", url, "main", "+side", must=False):
            failed.append(n)


def commit_all(hub, failed):
    for n in range(COMMITS):
        try:
            upload(hub, f"commit {n}".encode(), f"c/{n}.txt")
        except OSError as error:
            failed.append(f"{n}: {error}")


def upload(hub, content, path):
    encoded = base64.b64encode(content).decode()
    hub_commit(hub, ({"key": "header", "value": {"summary": f"commit of {path}"}},
                     {"key": "file", "value": {"content": encoded, "path": path,
                                               "encoding": "base64"}}))


def hub_commit(hub, lines):
    request = urllib.request.Request(
        f"{hub.url}/api/models/{REPO}/commit/main",
        data="\n".join(json.dumps(line) for line in lines).encode(),
        headers={"Authorization": f"Bearer {hub.token}",
                 "Content-Type": "application/x-ndjson"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)["commitOid"]


def read(hub, path):
    request = urllib.request.Request(hub.url + path,
                                     headers={"Authorization": f"Bearer {hub.token}"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        reply.read()


def clone(hub):
    with tempfile.TemporaryDirectory() as to:
        git(to, "clone", "-q", hub.remote("model"), "clone")


def read_all(hub, clones):
    """Listings, a file and the refs, each from git's objects; a clone reads them all."""
    api = f"/api/models/{REPO}"
    for path in (f"{api}/tree/main?expand=true", f"/{REPO}/resolve/main/0.txt",
                 f"{api}/commits/main", f"{api}/refs"):
        read(hub, path)
    if clones:
        clone(hub)


class Reader(threading.Thread):
    """Reads until it is told to end; `failed` says what could not be read."""

    def __init__(self, hub, clones):
        super().__init__()
        self.hub, self.clones = hub, clones
        self.is_over, self.failed, self.n_read = threading.Event(), [], 0

    def run(self):
        while not self.is_over.is_set():
            try:
                read_all(self.hub, self.clones)
                self.n_read += 1
            except (OSError, RuntimeError) as error:
                self.failed.append(str(error))

    def end(self):
        self.is_over.set()
        self.join()
        return self.n_read > 0 and not self.failed


def beside(folder, how, work):
    """Runs gc again and again while a thread works; what the rounds removed."""
    thread, rounds = threading.Thread(target=work), []
    thread.start()
    while thread.is_alive() or not rounds:
        rounds.append(gc(folder, *how))
    thread.join()
    return rounds


def nothing_is_lost_beside_pushes(hub, folder, work):
    """With nothing spared, a clone may miss a branch that jumped away: so none is made."""
    failed, reader = [], Reader(hub, clones=False)
    reader.start()
    rounds = beside(folder, ["--older", "0s"], lambda: push_all(hub, work, failed))
    is_read = reader.end()
    check(not failed and not any(one["left_alone"] for one in rounds),
          f"{PUSHES} pushes go through beside {len(rounds)} rounds of gc that spare nothing",
          f"{failed} {rounds}")
    check(is_read, "who reads meanwhile is served", reader.failed)
    is_whole(folder, FIRST + PUSHES + 1)  # one of them on the branch that jumped


def nothing_is_lost_beside_commits(hub, folder, work):
    failed, reader = [], Reader(hub, clones=True)
    reader.start()
    rounds = beside(folder, [], lambda: commit_all(hub, failed))
    is_read = reader.end()
    check(not failed and not any(one["left_alone"] for one in rounds),
          f"so do {COMMITS} commits beside {len(rounds)} rounds", f"{failed} {rounds}")
    check(is_read, "who reads and clones meanwhile is served", reader.failed)
    is_whole(folder, FIRST + PUSHES + 1 + COMMITS)
    age_all(f"{folder}/hub/{REPO}.git")
    gc(folder)
    dangling = git(f"{folder}/hub/{REPO}.git", "fsck", "--unreachable", "--no-reflogs")
    check("unreachable" not in dangling, "no garbage is left in the end", dangling)
    git(work, "clone", "-q", hub.remote("model"), "../clone")
    count = git(f"{work}/../clone", "rev-list", "--count", "HEAD")
    check(count == str(FIRST + PUSHES + COMMITS), "and a clone has all commits", count)


def read_all_of(master):
    said = b""
    try:
        while piece := os.read(master, 4096):
            said += piece
    except OSError:  # so Linux says that nobody holds the other end
        pass
    return said.decode()


def fsck_shows_how_far_it_is(hub, folder):
    """On a terminal; what is not one gets nothing but the result."""
    for n in range(3):
        upload(hub, os.urandom(2 << 20), f"{n}.bin")
    master, slave = pty.openpty()
    with subprocess.Popen([hubs.HEARTH, "hub", "fsck"], cwd=folder, stderr=slave,
                          stdout=subprocess.PIPE, text=True) as child:
        os.close(slave)
        said, result = read_all_of(master), child.stdout.read()
    os.close(master)
    percents = [int(n) for n in re.findall(r"\r\[[# ]{40}\] +(\d+)%", said)]
    check(len(percents) > 1 and percents == sorted(set(percents)) and percents[-1] == 100 and
          said.endswith("100%\r\n"), "fsck draws a bar on a terminal, up to 100%", repr(said))
    check("0 faults" in result and "%" not in result, "beside its result", result)
    done = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=folder, capture_output=True,
                          text=True, check=False)
    check(done.stderr == "" and done.stdout == result, "and only there", done.stderr)


def main():
    with tempfile.TemporaryDirectory() as top:
        folder, work = f"{top}/hub", f"{top}/work"
        with hubs.Hub(folder) as hub:
            hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
            git(top, "clone", "-q", hub.remote("model"), work)
            garbage_goes_and_the_young_stay(hub, folder, work)
            nothing_is_lost_beside_pushes(hub, folder, work)
            nothing_is_lost_beside_commits(hub, folder, work)
            fsck_shows_how_far_it_is(hub, folder)
    points.end()


if __name__ == "__main__":
    main()
