#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/e2e/budgets.py HEARTH_SIM
What a cycle leaves over, how it says so, and what the next one knows of it.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402
from world import World  # noqa: E402

SIM = os.path.abspath(sys.argv[1])


def configure(w, **options):
    path = os.path.join(w.home, "hearth.yml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, value in options.items():
        text, n = re.subn(rf"(?m)^( *)(# )?{name}:.*$", rf"\g<1>{name}: {value}", text)
        assert n == 1, name
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def requests(w):
    lines = w.control("requests")
    w.control("requests", method="DELETE")
    return lines


def budget(w, name):
    status = json.loads(w.hearth("status", "--json", expect=0).out)
    return next(b for b in status["budgets"] if b["name"] == name)


def an_empty_quota_is_not_asked_again_before_its_reset():
    with World(SIM) as w:
        configure(w, cycle_deadline="10m")
        w.control("rate", {"limit": 100, "used": 100})
        done = w.hearth("run", expect=3)
        assert "asked us to wait" in done.err, done.err
        assert len(requests(w)) == 1
        for _ in range(5):
            w.clock.advance(300)
            w.hearth("run", expect=3)
        assert requests(w) == [], "a limited forge was asked again"
        assert budget(w, "refused")["until"]
        w.clock.advance(3600)
        w.hearth("run", expect=3)  # reads; the first plan waits
        assert len(requests(w)) > 5
        assert budget(w, "refused")["until"] is None


def reads_stop_at_the_reserve_and_go_on_after_the_reset():
    with World(SIM) as w:
        w.control("rate", {"limit": 100, "used": 85})
        done = w.hearth("run", expect=3)
        assert "reserve of 10%" in done.err, done.err
        assert len(requests(w)) <= 6
        left = budget(w, "requests")
        assert left["limit"] == 100 and 9 <= left["remaining"] <= 10, left
        w.clock.advance(3700)
        w.control("rate", {"limit": 5000, "used": 0})
        w.settle()


def a_ceiling_holds_one_rule_and_the_line_says_which():
    with World(SIM) as w:
        configure(w, ceilings="[retrain=2]")
        w.hearth("run", expect=3)
        cycles = 0
        while True:
            done = w.hearth("run", "--yes")
            cycles += 1
            if done.returncode == 0:
                break
            assert done.returncode == 3 and "rule retrain reached its ceiling of 2" in done.err
            assert re.search(r'actions="(release \d+, )?retrain \d+"', done.err), done.err
            w.clock.advance(60)
        assert cycles == 7, cycles  # 14 actions of the rule
        assert world.doubled(w.state()) == []


def a_cycle_starts_no_run_that_might_pass_its_deadline():
    with World(SIM) as w:
        configure(w, cycle_deadline="11m")
        done = w.hearth("run", expect=3)
        assert "another run might pass the cycle's deadline" in done.err, done.err
        runs = json.loads(w.hearth("status", "--json").out)["cycles"][0]["summary"]["runs"]
        assert runs == {"judged": 1, "refused": runs["refused"], "left": runs["left"]}, runs
        assert runs["left"] >= 1, runs
        w.settle(cycles=8)


world.run_tests([
    an_empty_quota_is_not_asked_again_before_its_reset,
    reads_stop_at_the_reserve_and_go_on_after_the_reset,
    a_ceiling_holds_one_rule_and_the_line_says_which,
    a_cycle_starts_no_run_that_might_pass_its_deadline,
])
