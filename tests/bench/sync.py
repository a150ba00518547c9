# SPDX-License-Identifier: Apache-2.0
"""Reading a forge: requests, processor time and memory of `hearth sync`, against a practice
forge on loopback that holds a large community. The forge's own work is not counted, except in
the seconds beside Perceval, where both wait for the same server, which answers as one at some
distance does (docs/decisions/0027)."""
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import figures

HEARTH = os.path.abspath("build/hearth")
SIZES = {"issues": 20000, "issue_comments": 60000, "review_comments": 30000, "events": 30000}
SMALL = {name: size // 20 for name, size in SIZES.items()}  # 1,000 threads, for the peer
PAGE = 100
LATENCY_MS = 50  # of a request to a forge in the same country, its own work included
CONSTANT = 12  # the repository, its head, who we are, and the polls that end each list
LOGINS = [f"contributor-{n}" for n in range(1, 400)]
TEXT = "The model reads my digit wrong, the picture is attached and looks fine to me. " * 5
BIRTH = 1600000000


def stamp(n):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BIRTH + 600 * n))


def user(n):
    return {"login": LOGINS[n % len(LOGINS)]}


def reactions(n):
    """One in ten has a reaction."""
    return {"reactions": {"+1": 1}} if n % 10 == 0 else {}


def community(sizes):
    """API objects for `hearth practice --load`; every other thread is a pull request."""
    threads, pulls = sizes["issues"], []
    issues = []
    for n in range(1, threads + 1):
        issue = {"number": n, "title": f"Thread {n}", "body": TEXT, "user": user(n),
                 "state": "closed" if n % 3 else "open", "labels": [],
                 "created_at": stamp(n), "updated_at": stamp(n + 1), **reactions(n)}
        if n % 2 == 0:
            issue["pull_request"] = {}
            pulls.append({"number": n, "head": {"sha": f"{n:040x}", "ref": "topic"},
                          "base": {"ref": "main", "sha": f"{n + 1:040x}"}})
        issues.append(issue)
    url = "https://api.github.com/repos/open-digits/digits"
    comments = [{"id": 10**6 + n, "body": TEXT, "user": user(n), "created_at": stamp(n),
                 "updated_at": stamp(n), "issue_url": f"{url}/issues/{n % threads + 1}",
                 **reactions(n)}
                for n in range(sizes["issue_comments"])]
    lines = [{"id": 2 * 10**6 + n, "body": TEXT, "user": user(n), "created_at": stamp(n),
              "updated_at": stamp(n), "path": "contrib/a.csv",
              "pull_request_url": f"{url}/pulls/{2 * (n % (threads // 2)) + 2}",
              **reactions(n)}
             for n in range(sizes["review_comments"])]
    events = [{"id": 3 * 10**6 + n, "event": "closed", "actor": user(n),
               "created_at": stamp(n), "issue": {"number": n % threads + 1}}
              for n in range(sizes["events"])]
    return {"repo": {"owner": {"login": "open-digits"}, "name": "digits"}, "issues": issues,
            "pulls": pulls, "issue_comments": comments, "review_comments": lines,
            "events": events}


class Forge:
    """A practice forge with a community, and a Hearth beside it."""

    def __init__(self, folder, sizes, *practice_args):
        self.folder, self.sizes = folder, sizes
        load = os.path.join(folder, "load.json")
        # In a process of its own: a child's peak memory counts its parent's at the fork.
        subprocess.run([sys.executable, __file__, "--make", load, json.dumps(sizes)],
                       check=True)
        self.child = subprocess.Popen(
            [HEARTH, "practice", os.path.join(folder, "forge"), "--load", load, "--rate-limit",
             "off", *practice_args], stdout=subprocess.PIPE, text=True)
        line = self.child.stdout.readline()
        if not line:
            sys.exit("bench: the practice forge does not start")
        self.facts = json.loads(line)
        self.root = self.facts["api"].rsplit("/api/", 1)[0]
        self.settle("home")

    def settle(self, name):
        """A Hearth that has read nothing yet."""
        self.home = os.path.join(self.folder, name)
        subprocess.run([HEARTH, "init", self.home, "--forge", self.facts["api"], "--repo",
                        self.facts["repo"], "--token-file", self.facts["token_file"]],
                       check=True, stdout=subprocess.DEVNULL)

    def requests(self):
        """How many requests the server has answered since this was asked the last time."""
        place = self.root + "/_practice/requests"
        with urllib.request.urlopen(place) as reply:
            n = len(json.load(reply))
        with urllib.request.urlopen(urllib.request.Request(place, method="DELETE")):
            return n

    def close(self):
        self.child.terminate()
        self.child.wait()

    def sync(self):
        """One `hearth sync`: what it says, its processor seconds, its peak memory in MiB."""
        child = subprocess.Popen([HEARTH, "sync", "--json"], cwd=self.home,
                                 stdout=subprocess.PIPE, text=True)
        text = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit("bench: hearth sync failed")
        return json.loads(text), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Sync:
    """The first sync is long and is measured once; quiet ones are measured five times."""

    def __init__(self, folder):
        self.folder, self.first, self.quiet = folder, None, None

    def measure(self):
        if self.first:
            return
        forge = Forge(self.folder, SIZES)
        try:
            self.first = forge.sync()
            for _ in range(3):  # the last pages' validators are kept when they are asked again
                forge.sync()
            self.quiet = [forge.sync() for _ in range(5)]
        finally:
            forge.close()
        said = self.quiet[0][0]["requests"]
        if said["all"] > 12 or said["all"] - said["unchanged"] > 2:
            sys.exit(f"bench: a quiet cycle asks too much: {said}")

    @staticmethod
    def one(value, note="", runs=1):
        return {"value": value, "ours": value, "peer": None, "runs": runs, "note": note}

    def requests_over_minimum(self):
        self.measure()
        least = sum(math.ceil(n / PAGE) for n in SIZES.values()) + CONSTANT
        asked = self.first[0]["requests"]["all"]
        return self.one(asked / least, f"{asked} requests, {least} are the least")

    def items_per_cpu_s(self):
        self.measure()
        said, cpu_s, _ = self.first
        rows = said["rows"]["new"]
        return self.one(rows / cpu_s, f"{rows} rows in {cpu_s:.2f} s of CPU")

    def rss_mib(self):
        self.measure()
        return self.one(self.first[2])

    def median_of_quiet(self, index, scale):
        self.measure()
        values = sorted(row[index] * scale for row in self.quiet)
        return self.one(values[len(values) // 2], "", len(values))


class Perceval:
    """The same server is read by both in turn, from nothing. Perceval asks thread by thread,
    and for the people behind them; Hearth asks for the repository's lists, with events. How
    often they ask is counted on loopback, how long that takes is measured at a distance."""

    PYTHON = os.path.abspath(".cache/perceval/bin/python")
    RUNS = 3

    def __init__(self, folder):
        self.folder, self.near, self.far = folder, [], []

    def measure(self, place, runs, *practice_args):
        """(ours, peer) of each run, each (requests, seconds) for a thread."""
        os.makedirs(os.path.join(self.folder, place))
        forge = Forge(os.path.join(self.folder, place), SMALL, *practice_args)
        rows = []
        try:
            for run in range(runs):
                forge.settle(f"home-{run}")
                forge.requests()
                rows.append((self.per_thread(forge, forge.sync),
                             self.per_thread(forge, lambda: self.read(forge))))
        finally:
            forge.close()
        return rows

    def read(self, forge):
        token = pathlib.Path(forge.facts["token_file"]).read_text(encoding="utf-8").strip()
        done = subprocess.run(
            [self.PYTHON, "tests/bench/perceval_peer.py", forge.root,
             *forge.facts["repo"].split("/"), token], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.PIPE, check=False)
        if done.returncode != 0 or json.loads(done.stdout)["threads"] != SMALL["issues"]:
            sys.exit(f"bench: Perceval did not read it all: {done.stdout}{done.stderr[-500:]}")

    @staticmethod
    def per_thread(forge, read):
        start = time.monotonic()
        read()
        took = time.monotonic() - start
        return forge.requests() / SMALL["issues"], took / SMALL["issues"]

    @staticmethod
    def ratio(rows, column, note):
        return figures.ratio([ours[column] for ours, _ in rows],
                             [peer[column] for _, peer in rows], note=note)

    def measure_near(self):
        self.near = self.near or self.measure("near", self.RUNS)

    def requests_ratio(self):
        self.measure_near()
        return self.ratio(self.near, 0, "requests a thread")

    def seconds_ratio(self):
        """One pass of each: Perceval's takes minutes, and waiting hardly varies."""
        self.measure_near()
        self.far = self.far or self.measure("far", 1, "--latency", str(LATENCY_MS))
        near = self.ratio(self.near, 1, "")["value"]
        return self.ratio(self.far, 1, f"at {LATENCY_MS} ms a request; on loopback: {near:.1f}")


def isa():
    flags = open("/proc/cpuinfo", encoding="utf-8").read()
    return "v4" if re.search(r"\bavx512f\b", flags) else "v3"


def main():
    if sys.argv[1] == "--make":
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump(community(json.loads(sys.argv[3])), file)
        return
    with tempfile.TemporaryDirectory() as folder:
        sync, perceval = Sync(folder), Perceval(os.path.join(folder, "perceval"))
        figures.main(sys.argv[1], isa(), {
            "requests_over_minimum": sync.requests_over_minimum,
            "items_per_cpu_s": sync.items_per_cpu_s,
            "rss_mib": sync.rss_mib,
            "quiet_cpu_ms": lambda: sync.median_of_quiet(1, 1e3),
            "quiet_rss_mib": lambda: sync.median_of_quiet(2, 1),
            "perceval_requests_ratio": perceval.requests_ratio,
            "perceval_seconds_ratio": perceval.seconds_ratio,
        })


if __name__ == "__main__":
    main()
