# SPDX-License-Identifier: Apache-2.0
"""A practice forge and an instance of Hearth in a folder of their own, sharing one clock.

Used by the end-to-end tests: the binary is `hearth-sim`, the whole program with a clock in
which sleeping costs no time. Python's standard library only.
"""
import json
import mmap
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import traceback
import urllib.request

START_MS = 1_788_600_000_000  # 2026-09-05T08:00:00Z
TIMES = ("_at", "updated", "created")
DIALECT = os.environ.get("HEARTH_TEST_DIALECT", "github")  # which forge is played


class Clock:
    """The eight bytes that the programs under test share."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(struct.pack("<q", START_MS))
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 8)

    def now(self):
        """Seconds since the beginning."""
        return (struct.unpack("<q", self.map[:8])[0] - START_MS) / 1000

    def advance(self, seconds):
        self.map[:8] = struct.pack("<q", START_MS + int((self.now() + seconds) * 1000))

    def advance_to(self, seconds):
        """To a moment since the beginning, which must not have passed."""
        if self.now() > seconds:
            raise RuntimeError(f"it is {self.now():.0f} s already, not {seconds} s")
        self.advance(seconds - self.now())

    def close(self):
        self.map.close()
        self.file.close()


class World:
    def __init__(self, sim, *practice_args, init_args=(), dialect=DIALECT):
        self.sim = sim
        self.dir = tempfile.mkdtemp(prefix="hearth-e2e-")
        self.home = os.path.join(self.dir, "home")
        self.clock = Clock(os.path.join(self.dir, "clock"))
        foreign = ("HEARTH_", "GITHUB_", "GITEA_", "FORGEJO_")  # of a job that runs the tests
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        self.env["HEARTH_SIM_CLOCK"] = self.clock.path
        self.forge = subprocess.Popen(
            [sim, "practice", "forge", "--dialect", dialect, *practice_args], cwd=self.dir,
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        greeting = self.forge.stdout.readline()
        if not greeting:
            raise RuntimeError("the practice forge did not start")
        self.greeting = json.loads(greeting)
        self.base = self.greeting["api"].rsplit("/api/", 1)[0]
        self.token = os.path.join(self.dir, self.greeting["token_file"])
        self.init("--dialect", dialect, *init_args)

    def init(self, *args):
        self.hearth("init", self.home, "--forge", self.greeting["api"], "--repo",
                    self.greeting["repo"], "--token-file", self.token, *args, expect=0)
        self.set_network("mlp", 10)

    def set_network(self, arch, epochs):
        """What retraining trains: a network of milliseconds, unless a scene is about it."""
        path = os.path.join(self.home, "hearth.yml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?m)^  (# )?arch: \w+$", f"  arch: {arch}", text)
        text = re.sub(r"(?m)^  (# )?epochs: \d+$", f"  epochs: {epochs}", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, *args, stdout=subprocess.PIPE, preexec_fn=None):
        cwd = self.home if os.path.isdir(self.home) else self.dir
        return subprocess.Popen([self.sim, *args], cwd=cwd, env=self.env, stdout=stdout,
                                stderr=subprocess.PIPE, text=True, preexec_fn=preexec_fn)

    def hearth(self, *args, expect=None):
        """Runs a command to its end; expect: its exit code, or None for any."""
        process = self.start(*args)
        process.out, process.err = process.communicate(timeout=120)
        if expect is not None and process.returncode != expect:
            raise AssertionError(f"hearth {' '.join(args)}: exit {process.returncode}, not "
                                 f"{expect}\n{process.out}{process.err}")
        return process

    def settle(self, cycles=6, pause=60):
        """Plain cycles until one is quiet, pause seconds apart. Returns how many that took."""
        for i in range(cycles):
            done = self.hearth("run", "--yes")
            if done.returncode == 0 and done.out == "":
                return i
            self.clock.advance(pause)
        raise AssertionError(f"not quiet after {cycles} cycles: {done.out}{done.err}")

    def control(self, path, order=None, method=None):
        data = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(self.base + "/_practice/" + path, data=data,
                                         method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def do(self, who, what, **order):
        return self.control("do", {"as": who, "do": what, **order})

    def faults(self, *faults):
        self.control("faults", {"set": ["none", *faults]})

    def writes(self):
        """What was written over the API since the last look."""
        lines = self.control("requests")
        self.control("requests", method="DELETE")
        return [line for line in lines if not line.startswith(("GET ", "HEAD "))
                and ".git/" not in line]

    def state(self):
        return self.control("state")

    def dump(self):
        return self.hearth("db", "dump", "--canonical", expect=0).out

    def close(self):
        self.forge.send_signal(signal.SIGTERM)
        try:
            self.forge.wait(10)
        except subprocess.TimeoutExpired:
            self.forge.kill()
            self.forge.wait()
        self.forge.stdout.close()
        self.clock.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def without_times(value):
    """A state in which only what was done counts, not when."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if not k.endswith("_at")}
    if isinstance(value, list):
        return [without_times(v) for v in value]
    return value


def own_work(state, bot="hearth-bot"):
    """A row for each thing of the bot's on the forge, without times, texts and commits."""
    tags = {r["id"]: r["tag_name"] for r in state["releases"]}
    refs = {sha: ref for ref, sha in state["refs"].items() if ref.startswith("refs/pull/")}
    for comment in state["comments"]:
        if comment["user"] == bot:
            yield "comment", comment["thread"], comment["body"].split(" v1 ")[0]
    for status in state["statuses"]:
        commit = refs.get(status["sha"], status["sha"])
        yield "status", commit, status["context"], status["state"]
    for release in state["releases"]:
        yield "release", release["tag_name"]
    for asset in state["assets"]:
        yield "asset", tags[asset["release"]], asset["name"]
    for event in state["events"]:
        if event["actor"] == bot and event["event"] in ("labeled", "unlabeled"):
            yield "event", event["thread"], event["event"], event["label"]["name"]


def doubled(state, bot="hearth-bot"):
    """What of the bot's stands on the forge more than once."""
    work = list(own_work(state, bot))
    return sorted({row for row in work if work.count(row) > 1})


def first_difference(ours, theirs):
    for a, b in zip(ours.splitlines(), theirs.splitlines()):
        if a != b:
            return f"\n  {a[:400]}\n  {b[:400]}"
    return f"\n  {len(ours)} and {len(theirs)} bytes"


def assert_same(ours, theirs, what):
    if ours != theirs:
        raise AssertionError(f"{what} differs:{first_difference(ours, theirs)}")


def state_text(world):
    return json.dumps(without_times(world.state()), indent=0, sort_keys=True)


def run_tests(tests):
    """Prints TAP. tests: functions that take nothing, named as sentences."""
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # a test may fail in any way, the others still run
            failed += 1
            print(f"not ok {number} - {name}", flush=True)
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
    sys.exit(1 if failed else 0)
