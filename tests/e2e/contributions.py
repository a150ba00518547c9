#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: contributions.py HEARTH-SIM [MIB]

What strangers may put into a pull request: each ends with a verdict that says what is wrong, on
the commit that it was asked for, and leaves the cycles after it quiet. MIB: how large the huge
file is. Prints TAP.
"""
import base64
import glob
import os
import random
import struct
import subprocess
import sys
import time
import urllib.parse
import zlib

import world
from world import World

SIM = os.path.abspath(sys.argv[1])
HUGE = (int(sys.argv[2]) if len(sys.argv) > 2 else 64) << 20
FOLDER = "contrib/contributor-4-again/"
STATEMENT = "licence: CC-BY-4.0\nauthor: contributor-4\nconsent: true\nsource: drawn for this\n"


def row(values=64, label="3", seed=0):
    """A line of a CSV; every seed is another picture."""
    rng = random.Random(seed)
    return ",".join([str(rng.randint(0, 16)) for _ in range(values)] + [label]) + "\n"


def png(width, height, pixels):
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b""))


def packed(data):
    return {"base64": base64.b64encode(data).decode()}


def contribute(w, **source):
    """Opens a pull request of contributor-4's and asks for a run; source: files or sha."""
    opened = w.do("contributor-4", "open-pull", title="More digits", branch="again", **source)
    number = opened.get("number", opened.get("id"))
    w.do("maintainer-1", "label", number=number, label="retrain")
    return number


def heads(w, number):
    return w.state()["refs"][f"refs/pull/{number}/head"]


def answers(w, number):
    return [c["body"] for c in w.state()["comments"]
            if c["thread"] == number and c["user"] == "hearth-bot"]


def states(w, sha):
    return [s["state"] for s in w.state()["statuses"] if s["sha"] == sha]


def labels(w, number):
    return next(t["labels"] for t in w.state()["threads"] if t["id"] == number)


def assert_answered(w, number, *words):
    """One comment with these words, one failed status, no release, and quiet afterwards."""
    w.settle()
    found = answers(w, number)
    assert len(found) == 1, found
    for word in words:
        assert word in found[0], f"'{word}' is not in: {found[0]}"
    assert states(w, heads(w, number)) == ["failure"], states(w, heads(w, number))
    assert "retrain" not in labels(w, number), labels(w, number)
    assert "retrain: accepted" not in labels(w, number), labels(w, number)
    assert world.doubled(w.state()) == [], world.doubled(w.state())


def refused(files, *words):
    with World(SIM) as w:
        number = contribute(w, files=files)
        w.hearth("run", "--yes", expect=0)
        assert_answered(w, number, *words)


def stated(name, data):
    return {FOLDER + "contribution.yml": STATEMENT, FOLDER + name: data}


def a_label_out_of_range_is_named_by_file_and_row():
    refused(stated("samples.csv", row(label="10") + row(label="-1", seed=1)),
            "samples.csv", "row 1", "row 2", "0 samples accepted, 2 refused")


def a_folder_that_is_no_label_is_named():
    refused(stated("10/0001.png", packed(png(8, 8, bytes(72)))),
            "10/0001.png", "with a label 0..9")


def a_line_of_63_values_is_named_by_file_and_row():
    refused(stated("samples.csv", row(values=63)), "samples.csv", "row 1",
            "0 samples accepted, 1 refused")


def an_empty_pull_request_is_told_so():
    refused({"README.md": "nothing to train on\n"}, "no file under contrib/ is new")


def a_contribution_without_samples_is_told_so():
    refused({FOLDER + "contribution.yml": STATEMENT}, "holds no samples")


def a_missing_licence_stops_it():
    refused({FOLDER + "contribution.yml": "author: contributor-4\nconsent: true\n",
             FOLDER + "samples.csv": row()}, "licence: missing")


def a_picture_of_40000_by_40000_is_refused_by_its_header():
    refused(stated("3/0001.png", packed(png(40000, 40000, bytes(1000)))), "3/0001.png", "40000")


def a_picture_that_unpacks_to_far_more_than_it_shows_is_refused():
    refused(stated("3/0001.png", packed(png(8, 8, bytes(64 << 20)))), "3/0001.png")


def pushed(w, name, size):
    """A commit on the forge with a file of that many zeros, made by git itself."""
    git = ["git", "-c", "user.name=c", "-c", "user.email=c@example.org",
           "-c", "core.compression=1", "-c", "core.bigFileThreshold=1m"]
    tree = os.path.join(w.dir, "tree")
    with open(w.token) as file:
        secret = "hearth-bot:" + file.read().strip()
    parts = urllib.parse.urlsplit(w.greeting["git"])
    url = f"{parts.scheme}://{secret}@{parts.netloc}{parts.path}"

    def run(*args, cwd=tree):
        return subprocess.run([*git, *args], cwd=cwd, check=True, capture_output=True,
                              text=True, timeout=400).stdout.strip()

    run("clone", "--quiet", w.greeting["git"], tree, cwd=w.dir)
    os.makedirs(os.path.join(tree, FOLDER))
    with open(os.path.join(tree, FOLDER, "contribution.yml"), "w") as file:
        file.write(STATEMENT)
    with open(os.path.join(tree, FOLDER, name), "wb") as file:
        file.truncate(size)
    run("add", "-A")
    run("commit", "--quiet", "--message", "Add digits")
    run("push", "--quiet", url, "HEAD:refs/heads/again")
    return run("rev-parse", "HEAD")


def a_huge_file_is_refused_without_being_read():
    with World(SIM) as w:
        number = contribute(w, sha=pushed(w, "samples.csv", HUGE))
        w.hearth("run", "--yes", expect=0)
        assert_answered(w, number, "samples.csv", "larger than the limit")


def a_force_push_between_plan_and_apply_leaves_the_new_commit_unjudged():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        judged = heads(w, 2)
        w.do("contributor-4", "push", number=2, force=True,
             files=stated("samples.csv", row(seed=2)))
        assert heads(w, 2) != judged
        w.hearth("apply", expect=0)
        w.settle()
        assert states(w, heads(w, 2)) == [], "a status on a commit that nobody approved"
        assert "retrain: accepted" not in labels(w, 2), labels(w, 2)
        assert world.doubled(w.state()) == []


def a_force_push_while_a_cycle_runs_is_never_judged_unapproved():
    """The push lands when the old commit is fetched: after it was read, before the writes."""
    with World(SIM) as w:
        cycle = w.start("run", "--yes")
        fetched = os.path.join(w.home, "cache", "git", "*", "refs", "hearth", "pull", "2")
        deadline = time.monotonic() + 60
        while not glob.glob(fetched):
            assert cycle.poll() is None and time.monotonic() < deadline, "it fetched nothing"
            time.sleep(0.002)
        w.do("contributor-4", "push", number=2, force=True,
             files=stated("samples.csv", row(seed=2)))
        _, err = cycle.communicate(timeout=120)
        assert cycle.returncode == 0, err
        w.settle()
        assert states(w, heads(w, 2)) == [], "a status on a commit that nobody approved"
        assert "retrain: accepted" not in labels(w, 2), labels(w, 2)
        assert world.doubled(w.state()) == []


def a_push_that_the_timeline_does_not_tell_yet_is_not_approved():
    """Gitea moves the branch first and writes the push down when its queue comes to it."""
    with World(SIM, dialect="gitea") as w:
        w.hearth("run", "--yes", expect=0)
        w.do("contributor-4", "push", number=2, files=stated("samples.csv", row(seed=2)))
        w.do("maintainer-2", "label", number=2, label="retrain")
        w.do("contributor-4", "push", number=2, untold=True,
             files=stated("samples.csv", row(seed=3)))
        w.settle()
        assert "commits were pushed after the label was set" in answers(w, 2)[-1]
        assert states(w, heads(w, 2)) == [], "a status on a commit that nobody approved"
        w.do("maintainer-2", "label", number=2, label="retrain")
        w.do("contributor-4", "push", number=2, files=stated("samples.csv", row(seed=4)))
        w.do("maintainer-2", "unlabel", number=2, label="retrain")
        w.do("maintainer-2", "label", number=2, label="retrain")
        w.settle()
        assert len(states(w, heads(w, 2))) == 1, "what was looked at is judged"


world.run_tests([
    a_label_out_of_range_is_named_by_file_and_row,
    a_folder_that_is_no_label_is_named,
    a_line_of_63_values_is_named_by_file_and_row,
    an_empty_pull_request_is_told_so,
    a_contribution_without_samples_is_told_so,
    a_missing_licence_stops_it,
    a_picture_of_40000_by_40000_is_refused_by_its_header,
    a_picture_that_unpacks_to_far_more_than_it_shows_is_refused,
    a_huge_file_is_refused_without_being_read,
    a_force_push_between_plan_and_apply_leaves_the_new_commit_unjudged,
    a_force_push_while_a_cycle_runs_is_never_judged_unapproved,
    a_push_that_the_timeline_does_not_tell_yet_is_not_approved,
])
