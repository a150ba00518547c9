#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_gc_kill.py HEARTH [MOMENTS] [SEED]

Kills `hearth hub gc` with SIGKILL at random moments: by itself, as an administrator might, and
with the git that it runs, as a loss of power would. After each the hub takes a push, a commit
and the removal of a branch, and fsck, of ours and of git's, finds everything that was
acknowledged. In the end a gc that is let be leaves nothing that a killed one left. Prints TAP.
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to
import points
from points import check

MOMENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 6
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
REPO = "ada/model"
TAGS, FILES = 200, 150  # so many refs are packed, and so many files come as a pack
PROGRAM = [hubs.HEARTH, "hub", "gc", "--older", "0s"]
GIT_ENV = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
           "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
           "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
           "GIT_COMMITTER_EMAIL": "ada@example.org"}


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=GIT_ENV, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if done.returncode:
        raise RuntimeError(f"git {words}: {done.stdout}")
    return done.stdout.strip()


def children_of(pid):
    """All that descend from a process that is stopped, itself first."""
    try:
        named = [int(word) for thread in pathlib.Path(f"/proc/{pid}/task").iterdir()
                 for word in (thread / "children").read_text(encoding="ascii").split()]
    except FileNotFoundError:  # it has ended
        named = []
    return [pid] + [found for child in named for found in children_of(child)]


def kill_all(child):
    child.send_signal(signal.SIGSTOP)
    for pid in children_of(child.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Scene:
    """A hub, somebody's work, and how much of it was acknowledged."""

    def __init__(self, hub, top):
        self.hub, self.work = hub, f"{top}/work"
        self.bare = f"{hub.folder}/hub/{REPO}.git"
        self.n_commits, self.n_tags = 1, 0  # the hub's own commit, which makes the repository
        hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
        git(top, "clone", "-q", hub.remote("model"), self.work)

    def add_files(self, text, n):
        for i in range(n):
            pathlib.Path(self.work, f"{i}.txt").write_text(f"{text} {i}\n", encoding="utf-8")
        git(self.work, "add", "-A")
        git(self.work, "commit", "-qm", text)

    def leave_garbage(self, n):
        """What a branch had that is gone again."""
        git(self.work, "checkout", "-q", "-B", "side", "main")
        self.add_files(f"side {n}", FILES)
        git(self.work, "push", "-q", self.hub.remote("model"), "side")
        git(self.work, "push", "-q", self.hub.remote("model"), ":side")
        git(self.work, "checkout", "-q", "main")

    def push(self, n):
        """A commit, and more tags at it than are left in files of their own."""
        git(self.work, "pull", "-q", "--rebase", self.hub.remote("model"), "main")
        self.add_files(f"main {n}", 3)
        git(self.work, "push", "-q", self.hub.remote("model"), "main",
            *(f"HEAD:refs/tags/t{n}-{i}" for i in range(TAGS)))
        self.n_commits, self.n_tags = self.n_commits + 1, self.n_tags + TAGS

    def commit(self, n):
        """By the API; and a tag that was packed is taken away."""
        lines = ({"key": "header", "value": {"summary": f"commit {n}"}},
                 {"key": "file", "value": {"content": f"{n}", "path": f"c/{n}.txt",
                                           "encoding": "utf-8"}})
        self.ask("POST", f"/api/models/{REPO}/commit/main",
                 "\n".join(json.dumps(line) for line in lines).encode())
        self.ask("DELETE", f"/api/models/{REPO}/tag/t{n}-0")
        self.n_commits, self.n_tags = self.n_commits + 1, self.n_tags - 1

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.hub.url + path, data=body, method=method,
            headers={"Authorization": f"Bearer {self.hub.token}",
                     "Content-Type": "application/x-ndjson"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            reply.read()

    def fault(self):
        """What is not as it was acknowledged; nothing when all is."""
        done = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=self.hub.folder, text=True,
                              capture_output=True, check=False)
        said = git(self.bare, "fsck", "--strict", "--full", "--no-dangling")
        n_commits = git(self.bare, "rev-list", "--count", "--all")
        n_tags = len(git(self.bare, "for-each-ref", "refs/tags").splitlines())
        found, wanted = (int(n_commits), n_tags), (self.n_commits, self.n_tags)
        return (done.stdout if done.returncode else "") or said or (
            "" if found == wanted else f"{found} commits and tags instead of {wanted}")

    def leftovers(self):
        names = (str(path.relative_to(self.bare))
                 for path in pathlib.Path(self.bare).rglob("*"))
        return [name for name in names if name.endswith((".lock", ".new")) or "tmp" in name]


def one_moment(scene, n, dice, longest_s):
    """What was wrong after gc was killed."""
    scene.leave_garbage(n)
    with subprocess.Popen(PROGRAM, cwd=scene.hub.folder, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        try:
            child.wait(dice.uniform(0, longest_s))  # the moment
        except subprocess.TimeoutExpired:
            pass
        if n % 2:
            kill_all(child)
        else:
            child.kill()
    try:
        scene.push(n)
        scene.commit(n)
        return scene.fault()
    except (OSError, RuntimeError) as error:
        return str(error)


def main():
    dice = random.Random(SEED)
    with tempfile.TemporaryDirectory() as top, hubs.Hub(f"{top}/hub") as hub:
        scene = Scene(hub, top)
        scene.leave_garbage(0)
        scene.push(0)
        began = time.monotonic()
        subprocess.run(PROGRAM, cwd=hub.folder, check=True, stdout=subprocess.DEVNULL)
        longest_s = time.monotonic() - began
        for n in range(1, MOMENTS + 1):
            fault = one_moment(scene, n, dice, longest_s)
            check(not fault, f"gc was killed{', and its git' if n % 2 else ''}: the next "
                             "writers go on, and nothing is lost", fault)
        done = subprocess.run(PROGRAM, cwd=hub.folder, check=False, capture_output=True,
                              text=True)
        check(done.returncode == 0 and "left as it is" not in done.stdout,
              "a gc that is let be goes through", done.stdout + done.stderr)
        fault = scene.fault()
        check(not fault, "with all that was acknowledged", fault)
        check(not scene.leftovers(), "and nothing is left of those killed", scene.leftovers())
    points.end()


if __name__ == "__main__":
    main()
