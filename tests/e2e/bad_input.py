#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: bad_input.py HEARTH-SIM

What can be wrong around a cycle: each has its exit code, a message that says what to do, and
leaves nothing lost or half-written: once it is mended, cycles end as they do undisturbed.
Prints TAP.
"""
import http.server
import json
import os
import resource
import signal
import sqlite3
import sys
import threading
import urllib.request

import world
from world import World

SIM = os.path.abspath(sys.argv[1])


def undisturbed():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        w.settle()
        return w.dump(), world.state_text(w)


DUMP, STATE = undisturbed()


def assert_mended(w):
    w.settle(12)
    assert world.doubled(w.state()) == [], world.doubled(w.state())
    world.assert_same(world.state_text(w), STATE, "the forge")
    world.assert_same(w.dump(), DUMP, "the database")


def told(process, *words):
    for word in words:
        assert word in process.err, f"'{word}' is not in: {process.err}"
    assert process.err.count("hearth:") == 1, process.err


def edit(w, key, value):
    """Sets one key of hearth.yml, as a person would; returns the former text."""
    path = os.path.join(w.home, "hearth.yml")
    with open(path) as file:
        before = file.read()
    lines = before.splitlines()
    at = next(i for i, line in enumerate(lines) if line.lstrip("# ").startswith(key + ":"))
    indent = lines[at][:len(lines[at]) - len(lines[at].lstrip())]
    lines[at] = f"{indent}{key}: {value}"
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return before


def restore(w, text):
    with open(os.path.join(w.home, "hearth.yml"), "w") as file:
        file.write(text)


def a_wrong_token_is_told_without_showing_it():
    with World(SIM) as w:
        with open(w.token) as file:
            right = file.read()
        with open(w.token, "w") as file:
            file.write("hf_wrong_and_secret\n")
        failed = w.hearth("run", "--yes", expect=2)
        told(failed, "token", "401")
        assert "hf_wrong" not in failed.err + failed.out
        with open(w.token, "w") as file:
            file.write(right)
        assert_mended(w)


def a_missing_token_names_the_file():
    with World(SIM) as w:
        os.rename(w.token, w.token + ".away")
        told(w.hearth("run", expect=2), os.path.basename(w.token))
        os.rename(w.token + ".away", w.token)
        assert_mended(w)


def missing_rights_are_told_and_nothing_is_lost():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        w.do("maintainer-1", "role", login="hearth-bot", role="read")
        told(w.hearth("apply", expect=2), "may not write")
        w.do("maintainer-1", "role", login="hearth-bot", role="write")
        w.hearth("apply", expect=0)
        w.settle()
        assert world.doubled(w.state()) == []
        world.assert_same(w.dump(), DUMP, "the database")


def a_token_without_the_scope_is_told_and_nothing_is_lost():
    """Its account may write, so that only the writes show it: GitHub answers them with 404."""
    with World(SIM, dialect="github") as w:
        w.hearth("run", expect=3)
        w.do("maintainer-1", "scopes", scopes="read:org, repo:status")
        for _ in range(15):  # a weekend
            told(w.hearth("apply", expect=2), "lack the right", "404")
            w.clock.advance(3600)
        assert [r["tag_name"] for r in w.state()["releases"]] == []
        w.do("maintainer-1", "scopes", scopes="repo")
        w.hearth("apply", expect=0)
        w.settle()
        assert world.doubled(w.state()) == []
        assert [r["tag_name"] for r in w.state()["releases"]] == ["v1.1.0"]


def a_locked_thread_is_told_and_the_rest_is_sent():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        w.do("maintainer-1", "lock", number=2, reason="resolved")
        done = w.hearth("apply", expect=0)
        assert "not-taken" in done.err and "2/retrain" in done.err, done.err
        assert "locked" in done.err and done.err.count("not-taken") == 1, done.err
        assert [r["tag_name"] for r in w.state()["releases"]] == ["v1.1.0"]


def a_label_is_known_in_any_case():
    with World(SIM) as w:
        edit(w, "trigger_label", "Retrain")
        edit(w, "accepted_label", '"RETRAIN: accepted"')
        w.hearth("run", "--yes", expect=0)
        w.settle()
        labels = {t["id"]: t["labels"] for t in w.state()["threads"]}
        assert all("retrain" not in names for names in labels.values()), labels
        assert any("accepted" in name for name in labels[1]), labels


def rename_label(w, name, new_name):
    with open(w.token) as file:
        token = file.read().strip()
    request = urllib.request.Request(
        f"{w.greeting['api']}/repos/{w.greeting['repo']}/labels/{name}", method="PATCH",
        data=json.dumps({"new_name": new_name}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).close()


def a_renamed_label_is_told_until_it_is_set_again():
    with World(SIM, dialect="github") as w:
        rename_label(w, "retrain", "train-me")
        edit(w, "trigger_label", "train-me")
        done = w.hearth("run", "--yes", expect=3)
        assert "who set the label train-me" in done.err, done.err
        for number in (1, 2, 3, 4):
            w.do("maintainer-1", "unlabel", number=number, label="train-me")
            w.do("maintainer-1", "label", number=number, label="train-me")
        w.settle(12)
        assert [r["tag_name"] for r in w.state()["releases"]] == ["v1.1.0"]


def a_moved_repository_is_named():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        w.do("maintainer-1", "rename", to="figures")
        told(w.hearth("run", expect=2), "open-digits/figures")


def a_repository_that_is_gone_is_told():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        before = w.dump()
        for status in (404, 410, 451):
            w.do("maintainer-1", "gone", status=status)
            told(w.hearth("run", expect=2), "open-digits/digits")
        world.assert_same(w.dump(), before, "the database")


def a_forge_that_is_down_is_told():
    with World(SIM) as w:
        before = edit(w, "url", '"http://127.0.0.1:9/api/v3"')
        told(w.hearth("run", expect=1), "127.0.0.1:9")
        restore(w, before)
        assert_mended(w)


class Html(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!DOCTYPE html><title>Welcome</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Endless(Html):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"[" + b" " * 65536)
        except OSError:
            pass


def against(handler, code, *words):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with World(SIM) as w:
            before = edit(w, "url", f'"http://127.0.0.1:{server.server_port}/api/v3"')
            told(w.hearth("run", expect=code), *words)
            restore(w, before)
            assert_mended(w)
    finally:
        server.shutdown()
        server.server_close()


def an_api_that_answers_html_is_told():
    against(Html, 1, "HTML")


def a_body_over_the_limit_is_told():
    against(Endless, 1, "larger than")


def a_newer_database_is_refused_untouched():
    with World(SIM) as w:
        w.hearth("run", "--yes", expect=0)
        w.settle()
        path = os.path.join(w.home, "hearth.db")
        db = sqlite3.connect(path)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute(f"PRAGMA user_version = {version + 1}")
        db.commit()
        told(w.hearth("run", expect=2), "hearth.db", "newer")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
        db.close()
        assert_mended(w)


def a_disk_that_takes_no_more_is_told():
    """A limit on file sizes stands for a full disk: writes fail half-way in the same places."""
    for kib in (64, 300, 420):
        with World(SIM) as w:
            process = w.start("run", "--yes", preexec_fn=lambda: limit(kib))
            _, err = process.communicate(timeout=120)
            assert process.returncode == 1, (kib, process.returncode, err)
            assert "hearth:" in err, err
            assert_mended(w)


def limit(kib):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, kib * 1024))


def every_fault_of_the_configuration_is_told_at_once():
    with World(SIM) as w:
        path = os.path.join(w.home, "hearth.yml")
        with open(path, "a") as file:
            file.write("retrian:\n  epochs: 10\nnonsense: 1\n")
        failed = w.hearth("run", expect=2)
        assert "retrian" in failed.err and "nonsense" in failed.err, failed.err
        assert "retrain" in failed.err, failed.err


def an_archived_repository_is_left_alone():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        w.do("maintainer-1", "archive", on=True)
        w.writes()
        assert "archived" in w.hearth("apply", expect=3).err
        assert w.writes() == []
        w.do("maintainer-1", "archive", on=False)
        w.settle(12)
        assert world.doubled(w.state()) == []
        world.assert_same(w.dump(), DUMP, "the database")


def a_used_up_budget_is_told_and_the_rest_follows():
    with World(SIM) as w:
        edit(w, "content_per_minute", "10")
        edit(w, "content_per_hour", "10")
        first = w.hearth("run", "--yes", expect=3)
        assert "left" in first.out and "left-over" in first.err, first.out + first.err
        assert len(list(world.own_work(w.state()))) <= 10
        for _ in range(4):
            w.clock.advance(3600)
            w.hearth("run", "--yes")
        assert_mended(w)


def faults_of_every_kind_end_in_the_undisturbed_state():
    for fault in ("500=0.2", "502-html=0.2", "403-retry-after=0.2", "429-retry-after=0.2",
                  "truncate=0.2", "drop=0.2", "drop-after-write=0.5", "null-lists=0.3"):
        with World(SIM, "--seed", "7") as w:
            w.faults(fault)
            for _ in range(4):
                w.hearth("run", "--yes")
                w.clock.advance(3600)
            w.faults()
            try:
                assert_mended(w)
            except AssertionError as error:
                raise AssertionError(f"{fault}: {error}") from error


def a_lost_reply_to_every_write_doubles_nothing():
    with World(SIM) as w:
        w.hearth("run", expect=3)
        w.faults("drop-after-write")
        for _ in range(4):
            w.hearth("apply")
        w.faults()
        assert_mended(w)


world.run_tests([
    a_wrong_token_is_told_without_showing_it,
    a_missing_token_names_the_file,
    missing_rights_are_told_and_nothing_is_lost,
    a_token_without_the_scope_is_told_and_nothing_is_lost,
    a_locked_thread_is_told_and_the_rest_is_sent,
    a_label_is_known_in_any_case,
    a_renamed_label_is_told_until_it_is_set_again,
    a_moved_repository_is_named,
    a_repository_that_is_gone_is_told,
    a_forge_that_is_down_is_told,
    an_api_that_answers_html_is_told,
    a_body_over_the_limit_is_told,
    a_newer_database_is_refused_untouched,
    a_disk_that_takes_no_more_is_told,
    every_fault_of_the_configuration_is_told_at_once,
    an_archived_repository_is_left_alone,
    a_used_up_budget_is_told_and_the_rest_follows,
    faults_of_every_kind_end_in_the_undisturbed_state,
    a_lost_reply_to_every_write_doubles_nothing,
])
