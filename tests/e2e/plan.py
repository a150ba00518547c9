#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/e2e/plan.py HEARTH_SIM
What a person does to a plan, what the plan shows of what stands on the forge, and what the log
says of who caused what.
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402
from world import World  # noqa: E402

SIM = os.path.abspath(sys.argv[1])


def planned(w, kind="comment"):
    actions = json.loads(w.hearth("plan", "--json", expect=0).out)["actions"]
    return [a for a in actions if a["kind"] == kind]


def log(w, *args):
    return json.loads(w.hearth("log", "--json", "--limit", "1000", *args, expect=0).out)["log"]


def edit(w, key, text, expect=0):
    path = os.path.join(w.dir, "text.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return w.hearth("plan", "--edit", key, "--file", path, expect=expect)


def what_a_person_wrote_is_sent_and_stays():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        action = planned(w)[0]
        edit(w, action["key"], "Thank you, this is *good*.\n")
        again = next(a for a in planned(w) if a["key"] == action["key"])
        marker = action["body"]["body"].split("\n")[0]
        assert again["body"]["body"] == marker + "\nThank you, this is *good*.", again
        assert again["edited_by"].startswith("user "), again
        w.hearth("apply", expect=0)
        assert again["body"]["body"] in {c["body"] for c in w.state()["comments"]}
        w.settle()
        assert again["body"]["body"] in {c["body"] for c in w.state()["comments"]}
        edit(w, action["key"], "Too late.", expect=1)


def an_editor_is_started_when_there_is_no_file():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        key = planned(w)[0]["key"]
        w.env.pop("VISUAL", None)
        w.env.pop("EDITOR", None)
        assert "VISUAL" in w.hearth("plan", "--edit", key, expect=2).err
        w.env["EDITOR"] = "false"
        assert "nothing was changed" in w.hearth("plan", "--edit", key, expect=1).err
        w.env["EDITOR"] = "printf 'By hand.' >"
        w.hearth("plan", "--edit", key, expect=0)
        assert planned(w)[0]["body"]["body"].endswith("-->\nBy hand.")


def what_cannot_be_said_is_refused():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        key = planned(w)[0]["key"]
        assert "empty" in edit(w, key, "\n\n", expect=1).err
        assert "65536" in edit(w, key, "x" * 70000, expect=1).err
        label = planned(w, "label_add")[0]["key"]
        assert "no text" in edit(w, label, "x", expect=2).err
        edit(w, "no/such/key", "x", expect=2)
        status = planned(w, "status")[0]["key"]
        assert "140" in edit(w, status, "x" * 141, expect=1).err
        edit(w, status, "fine", expect=0)


def the_plan_shows_what_a_comment_would_change():
    with World(SIM) as w:
        w.settle()
        state = w.state()
        pull = next(t for t in state["threads"] if t["id"] == 2)
        w.do(pull["user"], "push", number=2, files={"note.txt": "one more thing"})
        w.clock.advance(60)
        w.do("maintainer-1", "label", number=2, label="retrain")
        w.clock.advance(60)
        plan = json.loads(w.hearth("run", "--dry-run", "--json").out)["actions"]
        action = next(a for a in plan if a["kind"] == "comment")
        lines = action["diff"].splitlines()
        assert lines[0].startswith("@@ "), action["diff"]
        assert any(line.startswith("-<!-- hearth:retrain v1") for line in lines), lines
        assert any(line.startswith("+<!-- hearth:retrain v1") for line in lines), lines
        text = w.hearth("run", "--dry-run").out
        assert "change the comment on #2" in text and "against what stands there" in text, text


def the_log_tells_who_caused_what():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        comment, status = planned(w)[0]["key"], planned(w, "status")[0]["key"]
        edit(w, comment, "Thanks.")
        w.hearth("plan", "--drop", status, expect=0)
        w.hearth("apply", expect=0)
        rows = log(w, "--key", comment)
        assert [r["what"] for r in rows] == ["planned", "edited", "sent", "confirmed"], rows
        assert rows[0]["who"] == "@maintainer-1" and rows[1]["who"].startswith("user "), rows
        rows = log(w, "--key", status)
        assert [r["what"] for r in rows] == ["planned", "dropped"], rows
        assert rows[1]["who"].startswith("user "), rows
        everything = log(w)
        approved = [r for r in everything if r["what"] == "approved"]
        assert len(approved) == 1 and approved[0]["who"].startswith("user "), approved
        sent = {r["key"] for r in everything if r["what"] == "sent"}
        confirmed = {r["key"] for r in everything if r["what"] == "confirmed"}
        assert sent == confirmed and len(sent) > 10, sent ^ confirmed
        assert all(r["thread"] == 1 for r in log(w, "--thread", "1"))


world.run_tests([
    what_a_person_wrote_is_sent_and_stays,
    an_editor_is_started_when_there_is_no_file,
    what_cannot_be_said_is_refused,
    the_plan_shows_what_a_comment_would_change,
    the_log_tells_who_caused_what,
])
