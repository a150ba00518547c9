#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: loop.py HEARTH-SIM

The whole loop on the practice forge, from the first plan to the quiet cycle. Prints TAP.
"""
import json
import os
import signal
import sys
import time

import world
from world import World

SIM = os.path.abspath(sys.argv[1])


def the_first_run_plans_and_waits():
    with World(SIM) as w:
        w.writes()
        first = w.hearth("run", expect=3)
        assert "awaits" in first.err, first.err
        assert "<!-- hearth:retrain v1" in first.out, first.out
        assert w.writes() == []
        w.hearth("run", expect=3)
        assert w.writes() == []


def what_was_planned_is_what_is_sent():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        plan = json.loads(w.hearth("plan", "--json", expect=0).out)["actions"]
        assert {"key", "kind", "thread", "rule", "reason", "state", "body"} <= set(plan[0])
        w.hearth("apply", expect=0)
        comments = {c["body"] for c in w.state()["comments"]}
        planned = [a for a in plan if a["kind"] == "comment"]
        assert len(planned) == 4, planned
        for action in planned:
            assert action["body"]["body"] in comments, action


def a_dry_run_shows_the_plan_and_sends_nothing():
    with World(SIM) as w:
        w.writes()
        plan = json.loads(w.hearth("run", "--dry-run", "--json", expect=0).out)["actions"]
        assert len(plan) > 10, plan
        assert w.writes() == []
        status = json.loads(w.hearth("status", "--json", expect=0).out)
        assert status["left"] == [], "a dry run left decisions behind"
        assert not [n for n in os.listdir(w.home) if "tmp" in n or n.startswith(".")]
        w.hearth("run", expect=3)  # it approved nothing


def the_community_sees_verdicts_and_a_release():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        state = w.state()
        labels = {t["id"]: t["labels"] for t in state["threads"]}
        names = [label for found in labels.values() for label in found]
        assert names.count("retrain: accepted") == 2, labels
        assert names.count("retrain: refused") == 1, labels
        assert "retrain" not in names, labels
        assert [r["tag_name"] for r in state["releases"]] == ["v1.1.0"]
        files = {a["name"] for a in state["assets"]}
        assert {"model.safetensors", "LICENSE", "README.md", "SHA256SUMS"} <= files, files
        assert os.path.isdir(os.path.join(w.home, "hub")), os.listdir(w.home)
        assert world.doubled(state) == []


def a_contribution_that_is_no_use_is_told_sample_by_sample():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        bodies = [c["body"] for c in w.state()["comments"]]
        useless = [b for b in bodies if "cannot be used as it is" in b]
        assert len(useless) == 1, bodies
        assert "please check them.\n" in useless[0], useless[0]
        refused = [line for line in useless[0].splitlines() if line.startswith("| contrib/")]
        assert len(refused) == 30, useless[0]
        assert "| and 2 more | |" in useless[0], useless[0]
        assert all("a person has to look" in line for line in refused), refused


def the_default_network_is_trained_judged_and_released():
    with World(SIM) as w:
        w.set_network("cnn", 5)
        w.hearth("run", "--yes", expect=0)
        state = w.state()
        names = [label for thread in state["threads"] for label in thread["labels"]]
        assert names.count("retrain: accepted") == 2, names
        assert names.count("retrain: refused") == 1, names
        model = [a for a in state["assets"] if a["name"] == "model.safetensors"]
        assert len(model) == 1 and model[0]["size"] > 100_000, model  # mlp: 40 kB


def a_quiet_cycle_is_silent_and_writes_nothing():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        w.settle()
        w.writes()
        before = w.dump()
        quiet = w.hearth("run", "--json", expect=0)
        requests = json.loads(quiet.out)["requests"]
        if world.DIALECT == "github":
            assert requests["all"] <= 12, requests
            assert requests["all"] - requests["conditional"] <= 2, requests
            assert requests["unchanged"] == requests["conditional"], requests
        else:  # who and where we are, each list and the number of comments: no validators
            assert requests["all"] == 6, requests
        assert w.writes() == []
        world.assert_same(w.dump(), before, "the database")


def status_tells_what_happened():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        status = json.loads(w.hearth("status", "--json", expect=0).out)
        assert set(status) == {"cycles", "budgets", "left"}, status
        assert status["cycles"][0]["exit_code"] == 3
        assert len(status["left"]) > 10
        w.hearth("apply", expect=0)
        status = json.loads(w.hearth("status", "--json", expect=0).out)
        assert status["left"] == [] and status["cycles"][0]["exit_code"] == 0, status


def status_tells_why_a_cycle_failed():
    with World(SIM) as w:
        unread = w.hearth("plan", expect=2)
        assert unread.err.startswith("hearth: nothing is known of "), unread.err
        status = json.loads(w.hearth("status", "--json", expect=0).out)
        assert "hearth sync" in status["cycles"][0]["summary"]["error"], status
        assert "start with `hearth sync`" in w.hearth("status", expect=0).out


def one_is_one_and_two_are_two():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        applied = w.hearth("apply", expect=0).out
        assert "; 1 release published" in applied, applied
        assert "0 requests refused, 0 releases\n" in applied, applied


def a_dropped_action_is_never_sent():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        plan = json.loads(w.hearth("plan", "--json", expect=0).out)["actions"]
        key = next(a["key"] for a in plan if a["kind"] == "comment")
        w.hearth("plan", "--drop", key, expect=0)
        w.hearth("apply", expect=0)
        w.settle()
        ours = [c for c in w.state()["comments"] if c["user"] == "hearth-bot"]
        assert len(ours) == 3, ours
        w.hearth("plan", "--drop", "no/such/key", expect=2)


def a_verdict_stays_with_the_commit_it_was_given_for():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        pull = next(t for t in w.state()["threads"] if t.get("pull") and number_of(t) == 2)
        w.do(pull["user"], "push", number=2, files={"note.txt": "one more thing"})
        w.hearth("apply", expect=0)
        w.settle()
        state = w.state()
        head = state["refs"]["refs/pull/2/head"]
        assert head not in [s["sha"] for s in state["statuses"]], "a status on an unseen commit"
        assert world.doubled(state) == []


def number_of(thread):
    return thread.get("number", thread["id"])


def a_lost_database_doubles_nothing():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        w.settle()
        before = world.state_text(w)
        for name in ("hearth.db", "hearth.db-wal", "hearth.db-shm"):
            path = os.path.join(w.home, name)
            if os.path.exists(path):
                os.unlink(path)
        w.hearth("run")
        w.hearth("apply", expect=0)
        w.settle()
        world.assert_same(world.state_text(w), before, "the forge")


def is_locked(path):
    """Asks the kernel, since trying to take the lock might keep its owner from it."""
    if not os.path.exists(path):
        return False
    inode = f":{os.stat(path).st_ino} "
    with open("/proc/locks") as locks:
        return any("FLOCK" in line and inode in line for line in locks)


def a_second_instance_is_told_so():
    with World(SIM) as w:
        first = w.start("run", "--yes")
        while not is_locked(os.path.join(w.home, "hearth.lock")):
            assert first.poll() is None, "the first instance never held the lock"
            time.sleep(0.002)
        first.send_signal(signal.SIGSTOP)
        second = w.hearth("run", expect=4)
        assert "hearth.lock" in second.err, second.err
        w.hearth("status", expect=0)  # readers need no lock
        first.send_signal(signal.SIGCONT)
        _, err = first.communicate(timeout=120)
        assert first.returncode == 0, err
        w.settle()


world.run_tests([
    the_first_run_plans_and_waits,
    what_was_planned_is_what_is_sent,
    a_dry_run_shows_the_plan_and_sends_nothing,
    the_community_sees_verdicts_and_a_release,
    a_contribution_that_is_no_use_is_told_sample_by_sample,
    the_default_network_is_trained_judged_and_released,
    a_quiet_cycle_is_silent_and_writes_nothing,
    status_tells_what_happened,
    status_tells_why_a_cycle_failed,
    one_is_one_and_two_are_two,
    a_dropped_action_is_never_sent,
    a_verdict_stays_with_the_commit_it_was_given_for,
    a_lost_database_doubles_nothing,
    a_second_instance_is_told_so,
])
