#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: lost.py HEARTH-SIM

What the release holds and where its samples come from, and that both survive the loss of what
Hearth keeps on its own disk, at rest and in the middle of writing. Prints TAP.
"""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import world
from world import World

SIM = os.path.abspath(sys.argv[1])
FILES = ["ATTRIBUTIONS.md", "LICENSE", "README.md", "SHA256SUMS", "config.json", "lineage.json",
         "model.safetensors"]
DATABASE = ("hearth.db", "hearth.db-wal", "hearth.db-shm")


def released_files(w):
    """{name: bytes} of the only release, as the forge hands them out."""
    with open(w.token) as file:
        token = file.read().strip()
    found = {}
    for asset in w.state()["assets"]:
        url = f"{w.greeting['api']}/repos/{w.greeting['repo']}/releases/assets/{asset['id']}"
        if world.DIALECT == "gitea":
            url = f"{w.base}/{w.greeting['repo']}/releases/download/v1.1.0/{asset['name']}"
        request = urllib.request.Request(
            url, headers={"Accept": "application/octet-stream",
                          "Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            found[asset["name"]] = reply.read()
    return found


def hub_files(w):
    """{name: bytes} of the tag in the hub's repository on disk."""
    git = ["git", "--git-dir", os.path.join(w.home, "hub", "community", "digits.git")]
    names = subprocess.run([*git, "ls-tree", "--name-only", "v1.1.0"], check=True,
                           capture_output=True, text=True).stdout.split()
    return {name: subprocess.run([*git, "show", f"v1.1.0:{name}"], check=True,
                                 capture_output=True).stdout for name in names}


def assert_sums_hold(files):
    lines = files["SHA256SUMS"].decode().splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert sorted(sums) == sorted(set(FILES) - {"SHA256SUMS"}), sums
    for name, digest in sums.items():
        assert hashlib.sha256(files[name]).hexdigest() == digest, name


def lineage(w):
    """What is known of the first sample of the release, asked for by its digest."""
    row = json.loads(w.hearth("lineage", "v1.1.0", "--json", expect=0).out)[0]
    return json.loads(w.hearth("lineage", row["sample"], "--json", expect=0).out)


def assert_traced(row):
    assert row["pr"] == 1 and row["author"] == "contributor-3", row
    assert row["licence"] == "CC-BY-4.0" and row["verdict"] == "accepted", row
    assert row["approval"]["actor"] == "maintainer-1", row
    assert row["run"] and row["release"] == "1.1.0", row


def remove(w, *names):
    for name in names:
        path = os.path.join(w.home, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.unlink(path)


def go_on(w):
    """Plain cycles; a first plan is approved, should one wait."""
    w.hearth("run")
    w.hearth("apply")
    w.settle(8)


def the_release_is_complete_on_the_forge_and_on_the_hub():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        files = released_files(w)
        assert sorted(files) == FILES, sorted(files)
        assert_sums_hold(files)
        hosted = hub_files(w)
        assert {n: hosted.get(n) for n in FILES} == files, sorted(hosted)


def a_sample_leads_to_everything_that_came_of_it():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        assert_traced(lineage(w))


def explanations_name_what_is_wrong():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        ours = {c["thread"]: c["body"] for c in w.state()["comments"]
                if c["user"] == "hearth-bot"}
        assert "Retrain: accepted" in ours[1] and "Retrain: accepted" in ours[2], ours
        assert "labels contradict the model" in ours[3], ours[3]
        assert "triage or higher" in ours[4] and "has read" in ours[4], ours[4]


def lost(*names):
    """After a full cycle these are gone: the forge stays as it is, lineage answers again."""
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        w.settle()
        before, traced = world.state_text(w), lineage(w)
        assert_traced(traced)
        remove(w, *names)
        go_on(w)
        world.assert_same(world.state_text(w), before, "the forge")
        assert lineage(w) == traced, (lineage(w), traced)
        assert sorted(hub_files(w)) == sorted([*FILES, *extra(w)]), sorted(hub_files(w))


def extra(w):
    return [n for n in hub_files(w) if n.startswith(".git")]


def a_lost_database_answers_again():
    lost(*DATABASE)


def a_lost_database_and_cache_answer_again():
    lost(*DATABASE, "cache")


def everything_lost_but_the_configuration_comes_back():
    lost(*DATABASE, "cache", "hub", "hub.db", "hub.db-wal", "hub.db-shm", "reports")


def the_database_lost_amid_writing_doubles_nothing():
    for writes in (2, 9, 16, 21, 25):
        with World(SIM) as w:
            w.control("requests", method="DELETE")
            cycle = w.start("run", "--yes", stdout=subprocess.DEVNULL)
            while cycle.poll() is None and count_writes(w) < writes:
                time.sleep(0.002)
            cycle.send_signal(signal.SIGKILL)
            cycle.wait()
            cycle.stderr.close()
            remove(w, *DATABASE, "cache")
            go_on(w)
            state = w.state()
            assert world.doubled(state) == [], (writes, world.doubled(state))
            names = sorted(a["name"] for a in state["assets"])
            assert names == FILES, (writes, names)
            assert_sums_hold(released_files(w))
            assert_traced(lineage(w))


def the_database_is_lost_after(what_happened):
    """The whole cycle, then what a person does to PR 1, then the loss. Before and after."""
    w = World(SIM)
    w.hearth("run", "--yes", expect=0)
    w.settle()
    before = lineage(w)
    what_happened(w)
    w.settle()
    remove(w, *DATABASE, "cache")
    return w, before


def delete_verdict(w):
    comment = next(c for c in w.state()["comments"]
                   if c["thread"] == 1 and c["user"] == "hearth-bot")
    w.do("maintainer-1", "delete", comment=comment["id"])


def a_release_comes_back_whose_verdict_somebody_deleted():
    w, before = the_database_is_lost_after(delete_verdict)
    with w:
        go_on(w)
        assert lineage(w) == before, (lineage(w), before)


def a_release_whose_data_are_gone_is_left_and_its_version_too():
    w, _ = the_database_is_lost_after(lambda w: w.do("maintainer-1", "delete", number=1))
    with w:
        first = w.hearth("run", "--yes", expect=0)
        assert 'not-adopted releases=1 why="taking in release 1.1.0:' in first.err, first.err
        # PR 2 was judged on top of what is gone: somebody has to ask once more.
        w.do("maintainer-1", "merge", number=2)
        w.do("maintainer-1", "label", number=2, label="retrain")
        w.settle()
        tags = sorted(r["tag_name"] for r in w.state()["releases"])
        assert tags == ["v1.1.0", "v1.2.0"], tags


def count_writes(w):
    return sum(not line.startswith(("GET ", "HEAD ")) and ".git/" not in line
               for line in w.control("requests"))


world.run_tests([
    the_release_is_complete_on_the_forge_and_on_the_hub,
    a_sample_leads_to_everything_that_came_of_it,
    explanations_name_what_is_wrong,
    a_lost_database_answers_again,
    a_lost_database_and_cache_answer_again,
    everything_lost_but_the_configuration_comes_back,
    the_database_lost_amid_writing_doubles_nothing,
    a_release_comes_back_whose_verdict_somebody_deleted,
    a_release_whose_data_are_gone_is_left_and_its_version_too,
])
