#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/e2e/app.py HEARTH_SIM
Hearth as a GitHub App: cycles over hours of simulated time, in which tokens expire; and what is
said when the App cannot act. The practice forge checks the proofs by the public key.
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402
from world import World  # noqa: E402

SIM = os.path.abspath(sys.argv[1])
APP_ID = "Iv23liAbCdEf"
ALL = {"contents": "write", "issues": "write", "pull_requests": "write", "statuses": "write",
       "metadata": "read"}


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


def become_app(w, permissions=ALL):
    """Registers an App on the forge and makes the instance act as it."""
    key, public = os.path.join(w.home, "app.pem"), os.path.join(w.dir, "public.pem")
    openssl("genrsa", "-out", key, "2048")
    openssl("rsa", "-in", key, "-pubout", "-out", public)
    os.chmod(key, 0o600)
    with open(public, encoding="utf-8") as file:
        w.control("app", {"id": APP_ID, "slug": "hearth-app", "public_key": file.read(),
                          "permissions": permissions})
    path = os.path.join(w.home, "hearth.yml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"(?m)^ *(# )?token_file:.*$", "", text)
    text = re.sub(r"(?m)^( *)# app_id:.*$", rf"\1app_id: {APP_ID}", text)
    text = re.sub(r"(?m)^( *)# app_key_file:.*$", r"\1app_key_file: app.pem", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def requests(w):
    lines = w.control("requests")
    w.control("requests", method="DELETE")
    return lines


def an_app_runs_the_whole_loop():
    with World(SIM) as w:
        become_app(w)
        w.settle()
        work = list(world.own_work(w.state(), bot="hearth-app[bot]"))
        assert any(row[0] == "comment" for row in work), work
        assert any(row[0] == "status" for row in work), work
        state = w.state()
        writers = {row["user"] for row in state["comments"] if "<!-- hearth:" in row["body"]}
        writers |= {row["creator"] for row in state["statuses"]}
        writers |= {row["author"] for row in state["releases"]}
        assert writers == {"hearth-app[bot]"}, writers
        assert "hearth-app[bot]" in w.dump()


def a_quiet_cycle_of_an_app_costs_three_requests_more():
    with World(SIM) as w:
        become_app(w)
        w.settle()
        requests(w)
        w.clock.advance(2 * 3600)
        quiet = w.hearth("run", "--json", expect=0)
        lines = requests(w)
        proofs = [line for line in lines
                  if line.startswith("GET /app ") or "/installation" in line]
        assert len(proofs) == 3, lines
        counts = json.loads(quiet.out)["requests"]
        assert counts["unchanged"] == counts["conditional"] > 0, counts
        assert len(lines) <= 15, lines


def no_secret_is_in_a_database_or_a_log():
    with World(SIM) as w:
        become_app(w)
        done = w.hearth("run", "--yes")
        with open(os.path.join(w.home, "app.pem"), encoding="utf-8") as file:
            line = file.read().splitlines()[5]
        for name in os.listdir(w.home):
            if name.startswith("hearth.db"):
                with open(os.path.join(w.home, name), "rb") as file:
                    bytes_ = file.read()
                assert b"ghs_" not in bytes_ and line.encode() not in bytes_, name
        assert "ghs_" not in done.out + done.err and line not in done.out + done.err


def check_tells_the_missing_right_of_each_feature():
    with World(SIM) as w:
        become_app(w, {**ALL, "contents": "read", "statuses": "read"})
        rows = json.loads(w.hearth("check", "--json").out)["rights"]
        needs = {row["feature"]: row["needs"] for row in rows}
        assert needs["publish releases"] == "contents: write", needs
        assert needs["set commit statuses"] == "statuses: write", needs
        assert [f for f, need in needs.items() if need] == ["set commit statuses",
                                                            "publish releases"], needs
        text = w.hearth("check").out
        assert "publish releases: needs contents: write" in text, text
    with World(SIM) as w:
        w.do("maintainer-1", "role", login="hearth-bot", role="triage")
        rows = json.loads(w.hearth("check", "--json").out)["rights"]
        needs = {row["feature"]: row["needs"] for row in rows}
        assert "the role write" in needs["publish releases"] and needs["label"] == "", needs


def check_tells_what_a_classic_token_may_less_than_its_account():
    writing = {"comment", "label", "set commit statuses", "publish releases"}
    for scopes, lacks in (("gist", writing), ("read:org, repo:status", writing),
                          ("read:org, repo", set()), ("public_repo", set()), ("", writing)):
        with World(SIM) as w:
            w.do("maintainer-1", "scopes", scopes=scopes)
            done = w.hearth("check", "--json")
            rows = json.loads(done.out)["rights"]
            needs = {row["feature"] for row in rows if row["needs"]}
            assert needs == lacks, (scopes, needs)
            assert all("scope repo" in r["needs"] for r in rows if r["needs"]), rows
            assert f"scopes are: {scopes or 'none'}\n" in w.hearth("check").out


def a_key_that_others_may_read_is_refused():
    with World(SIM) as w:
        become_app(w)
        os.chmod(os.path.join(w.home, "app.pem"), 0o644)
        done = w.hearth("run", expect=2)
        assert "chmod 600" in done.err, done.err


def an_app_that_is_unknown_or_may_not_write_is_told():
    with World(SIM) as w:
        become_app(w)
        path = os.path.join(w.home, "app.pem")
        os.remove(path)
        openssl("genrsa", "-out", path, "2048")
        os.chmod(path, 0o600)
        done = w.hearth("run", expect=2)
        assert "does not take the App's proof" in done.err, done.err
        become_app(w, {**ALL, "contents": "read"})
        w.hearth("run", expect=3)
        done = w.hearth("apply", expect=2)
        assert "contents" in done.err, done.err


world.run_tests([
    an_app_runs_the_whole_loop,
    a_quiet_cycle_of_an_app_costs_three_requests_more,
    no_secret_is_in_a_database_or_a_log,
    check_tells_the_missing_right_of_each_feature,
    check_tells_what_a_classic_token_may_less_than_its_account,
    a_key_that_others_may_read_is_refused,
    an_app_that_is_unknown_or_may_not_write_is_told,
])
