#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: repositories.py HEARTH-SIM

Two repositories of one forge in one configuration. The forge is played by two practice forges
behind one address, which looks at a path to tell whose it is. Prints TAP.
"""
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading

import world
from world import World

SIM = os.path.abspath(sys.argv[1])
OTHER = "open-digits/other"
OTHER_ID = 5000
HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")
T0 = "2026-09-01T00:00:00Z"


def issue(number):
    person = {"id": 77, "login": "visitor-77", "type": "User"}
    return {"number": number, "id": 9000 + number, "title": f"The docs lack page {number}",
            "body": "Please add it.", "state": "open", "user": person, "labels": [],
            "created_at": T0, "updated_at": T0}


class Handler(http.server.BaseHTTPRequestHandler):
    """Passes a request on to the forge that its path names."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.served = set()
        self.server.connections.append(self.served)

    def pass_on(self):
        both = self.server
        is_other = f"/repos/{OTHER}" in self.path or f"/repositories/{OTHER_ID}" in self.path
        whose = "other" if is_other else "home"
        both.lines.append(f"{whose} {self.command} {self.path}")
        if "/repos" in self.path:  # not who we are
            self.served.add(whose)
        if is_other and both.refuse_other:
            self.answer(404, {"Content-Type": "application/json"}, b'{"message":"Not Found"}')
            return
        backend = both.other if is_other else both.home
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = dict(self.headers.items())
        if is_other:
            headers["Authorization"] = f"Bearer {both.other_token}"
        forge = http.client.HTTPConnection(backend, timeout=60)
        forge.request(self.command, self.path, body or None, headers)
        reply = forge.getresponse()
        data = reply.read()
        forge.close()
        self.answer(reply.status, dict(reply.getheaders()), data)

    def answer(self, status, headers, data):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = pass_on

    def log_message(self, *_):
        pass


class Both(World):
    """A world whose forge holds a second repository with n issues."""

    def __init__(self, n_issues):
        self.n_issues = n_issues
        self.second = self.proxy = None
        super().__init__(SIM)

    def init(self, *args):
        self.start_second()
        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        proxy.daemon_threads = True
        proxy.home = self.base.removeprefix("http://")
        proxy.other = self.second_greeting["api"].removeprefix("http://").split("/")[0]
        with open(os.path.join(self.dir, self.second_greeting["token_file"])) as token:
            proxy.other_token = token.read().strip()
        proxy.lines, proxy.connections, proxy.refuse_other = [], [], False
        self.proxy = proxy
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        self.greeting["api"] = f"http://127.0.0.1:{proxy.server_address[1]}/api/v3"
        super().init(*args)
        self.configure("forge", f"repositories: [{OTHER}]")

    def configure(self, section, line):
        path = os.path.join(self.home, "hearth.yml")
        with open(path) as file:
            text = file.read()
        assert f"\n{section}:\n" in text, text
        with open(path, "w") as file:
            file.write(text.replace(f"\n{section}:\n", f"\n{section}:\n  {line}\n", 1))

    def start_second(self):
        load = os.path.join(self.dir, "other.json")
        owner = {"id": 1, "login": "open-digits", "type": "Organization"}
        with open(load, "w") as file:
            json.dump({"repo": {"id": OTHER_ID, "name": "other", "full_name": OTHER,
                                "owner": owner, "default_branch": "main"},
                       "issues": [issue(n) for n in range(1, self.n_issues + 1)]}, file)
        self.second = subprocess.Popen(
            [self.sim, "practice", "second", "--load", load, "--dialect", "github"],
            cwd=self.dir, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        greeting = self.second.stdout.readline()
        if not greeting:
            raise RuntimeError("the second forge: " + self.second.stderr.read())
        self.second_greeting = json.loads(greeting)

    def asked(self):
        lines, self.proxy.lines = self.proxy.lines, []
        return lines

    def close(self):
        if self.proxy:
            self.proxy.shutdown()
            self.proxy.server_close()
        if self.second:
            self.second.terminate()
            self.second.wait(10)
            self.second.stdout.close()
            self.second.stderr.close()
        super().close()


def both_are_read_into_one_database_and_only_the_first_trains():
    with Both(3) as w:
        first = w.hearth("run", "--json", expect=3)
        found = json.loads(first.out)["repositories"]
        assert set(found) == {w.greeting["repo"], OTHER}, found
        assert found[OTHER]["rows"]["new"] >= 3, found
        assert found[OTHER]["feedback"]["added"] == 3, found
        assert found[OTHER]["actions"]["sent"] == 0 and "actions" in found[w.greeting["repo"]]
        listed = json.loads(w.hearth("feedback", "list", "--json", "--repository", OTHER,
                                     expect=0).out)
        assert "The docs lack page 3" in json.dumps(listed), listed
        assert "lack page" not in w.hearth("feedback", "list", expect=0).out
        report = w.hearth("report", "--repository", OTHER, expect=0).out
        assert OTHER in report, report
        w.hearth("feedback", "list", "--repository", "no/where", expect=2)


def both_are_asked_over_the_same_connections():
    with Both(3) as w:
        w.hearth("run", expect=3)
        w.proxy.connections.clear()
        w.hearth("run", expect=3)
        assert {"home", "other"} in w.proxy.connections, w.proxy.connections


def a_quiet_cycle_over_both_writes_nothing():
    with Both(3) as w:
        w.hearth("run", "--yes")
        w.settle()
        w.asked()
        before = w.dump()
        w.hearth("run", expect=0)
        lines = w.asked()
        assert [line for line in lines if " GET " not in line] == [], lines
        assert sum(line.startswith("other") for line in lines) in range(1, 13), lines
        world.assert_same(w.dump(), before, "the database")


def one_that_fails_does_not_keep_the_others_from_their_turn():
    with Both(3) as w:
        w.proxy.refuse_other = True
        failed = w.hearth("run", "--yes", expect=2)
        assert OTHER in failed.err, failed.err
        assert [r["tag_name"] for r in w.state()["releases"]] == ["v1.1.0"]


def while_work_is_left_over_they_take_turns_to_begin():
    with Both(250) as w:
        w.hearth("run", "--yes")
        w.settle()
        w.do("maintainer-1", "comment", number=7, body="hello")
        w.faults("slow")  # three seconds a request: the first cannot end in its share
        w.configure("budgets", "cycle_deadline: 10s")
        w.asked()
        w.hearth("run", expect=3)
        lines = w.asked()
        assert lines[0].startswith("home") and lines[-1].startswith("other"), lines
        for first in ("other", "home", "other"):
            w.hearth("run", expect=3)
            assert w.asked()[0].startswith(first), first


world.run_tests([both_are_read_into_one_database_and_only_the_first_trains,
                 both_are_asked_over_the_same_connections,
                 a_quiet_cycle_over_both_writes_nothing,
                 one_that_fails_does_not_keep_the_others_from_their_turn,
                 while_work_is_left_over_they_take_turns_to_begin])
