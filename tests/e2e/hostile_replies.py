#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hostile_replies.py HEARTH-SIM

Between Hearth and its forge stands a server that spoils one list in every way that a broken or
hostile one might. Each ends in bounded time and memory with a message that says what was wrong,
leaves the database as it was, and never shows the token to anybody else. Prints TAP.
"""
import gzip
import http.server
import json
import os
import resource
import sys
import threading
import urllib.error
import urllib.request

import world
from world import World

SIM = os.path.abspath(sys.argv[1])
MIB = 1 << 20
MEMORY = 400 * MIB  # of addresses, libraries included: past it Hearth would abort


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another host: what it is told is remembered, and must be nothing."""
    told = []

    def do_GET(self):
        self.told.append((self.path, self.headers.get("Authorization")))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_):
        pass


class Between(http.server.BaseHTTPRequestHandler):
    """Hands everything on to the forge, but for the list of issues while spoil is set."""
    forge, spoil = None, None

    def do_GET(self):
        headers = {k: v for k, v in self.headers.items() if k.lower() != "accept-encoding"}
        request = urllib.request.Request(self.forge + self.path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                status, kept, body = reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            status, kept, body = error.code, dict(error.headers), error.read()
        if self.spoil and "/issues?" in self.path:
            status, kept, body = self.spoil(self.path)
        self.send_response(status)
        for name, value in kept.items():
            if name.lower() not in ("content-length", "connection", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # they have seen enough

    def log_message(self, *_):
        pass


def serve(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


ELSEWHERE, ELSEWHERE_URL = serve(Elsewhere)
ISSUE = {"number": 1, "state": "open", "title": "t", "user": None, "labels": None,
         "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}


def body(raw, **headers):
    raw = raw if isinstance(raw, bytes) else raw.encode()
    return lambda _: (200, {"Content-Type": "application/json", **headers}, raw)


def issue(**members):
    return body(json.dumps([{**ISSUE, **members}]))


def redirect(status, location):
    return lambda path: (status, {"Location": location.replace("PATH", path)}, b"{}")


SPOILED = {  # what comes for the list of issues: (exit code, words of the message)
    "deep nesting": (body("[" * 100000), "nested deeper"),
    "deep nesting within a member": (body('[{"body":' + '{"a":' * 5000), "nested deeper"),
    "a number that no integer holds": (body('[{"number":99999999999999999999}]'), "integer"),
    "a number that no double holds": (body('[{"number":1e999}]'), "reply"),
    "the smallest number": (issue(number=-9007199254740991), "issues[0].number"),
    "a fraction for a number": (issue(number=1.5), "issues[0].number"),
    "a null for an item": (body("[null]"), "issues[0]"),
    "a null for what is needed": (issue(number=None), "issues[0].number"),
    "a null for a time": (issue(updated_at=None), "issues[0].updated_at"),
    "an object for a list": (body('{"message":"hello"}'), "expected an array"),
    "a text for an object": (issue(user="contributor-1"), "issues[0].user"),
    "a time that is none": (issue(created_at="yesterday"), "issues[0].created_at"),
    "bytes that are no UTF-8": (body(b'[{"title":"\xff\xfe"}]'), "decode byte"),
    "a member twice": (body('[{"number":1,"number":2}]'), "number"),
    "half of a reply": (body('[{"number":1,'), "reply"),
    "a body over the limit": (body("[" + " " * 17 * MIB + "]"), "larger than"),
    "a body that unpacks over the limit":
        (body(gzip.compress(b"[" + b" " * 100 * MIB + b"]"), **{"Content-Encoding": "gzip"}),
         "larger than"),
    "a link to another host":
        (body("[]", Link=f'<{ELSEWHERE_URL}/issues>; rel="next"'), "refusing a link"),
    "a link out of the API":
        (body("[]", Link='</_practice/state>; rel="next"'), "refusing a link"),
    "a redirect to another host": (redirect(302, ELSEWHERE_URL + "PATH"), "another server"),
    "a redirect of another scheme": (redirect(307, "file:///etc/passwd"), "redirect"),
    "a redirect that goes round": (redirect(301, "PATH"), "redirected more than"),
}
# Gitea's links are not read: pages are counted.
GITHUB_ONLY = ("a link to another host", "a link out of the API")


class Scene:
    """One world for all: nothing of what is spoiled may leave a trace in it."""

    def __init__(self):
        self.world = World(SIM)
        self.server, url = serve(Between)
        Between.forge = self.world.base
        self.world.home = os.path.join(self.world.dir, "behind")
        self.world.greeting["api"] = self.world.greeting["api"].replace(self.world.base, url)
        self.world.init("--dialect", world.DIALECT)
        for _ in range(3):
            self.world.hearth("sync", expect=0)
        self.dump = self.world.dump()

    def sync(self, *args):
        """With its exit code and what it says. It may take only so much memory."""
        process = self.world.start(
            "sync", *args,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
        process.err = process.communicate(timeout=120)[1]
        return process

    def close(self):
        for server in (self.server, ELSEWHERE):
            server.shutdown()
            server.server_close()
        self.world.close()


def spoiled(scene, name):
    spoil, words = SPOILED[name]

    def test():
        Between.spoil = staticmethod(spoil)
        try:
            done = scene.sync()
        finally:
            Between.spoil = None
        assert done.returncode in (1, 2), f"{done.returncode}: {done.err}"
        assert words in done.err, done.err
        assert done.err.count("hearth:") == 1, done.err
        assert len(done.err) < 2000, done.err
        with open(scene.world.token, encoding="utf-8") as file:
            assert file.read().strip() not in done.err
        assert Elsewhere.told == [], Elsewhere.told
        world.assert_same(scene.world.dump(), scene.dump, "the database")

    test.__name__ = f"{name} is told and changes nothing".replace(" ", "_")
    return test


def mirrored(scene):
    """As a forge behind a proxy writes it: the path is right, and asked of the one we know."""
    link = f'<{ELSEWHERE_URL}/api/v3/repositories/1/issues>; rel="next"'

    def a_link_to_the_API_of_another_host_is_followed_at_home():
        Between.spoil = staticmethod(body("[]", Link=link))
        done = scene.sync()
        Between.spoil = None
        assert "GET /api/v3/repositories/1/issues: the forge answered 404" in done.err, done.err
        assert Elsewhere.told == [], Elsewhere.told
        assert scene.sync().returncode == 0  # from the first page
        world.assert_same(scene.world.dump(), scene.dump, "the database")

    return a_link_to_the_API_of_another_host_is_followed_at_home


def large(scene):
    def ten_mebibytes_within_the_limit_are_read():
        text = "Ten mebibytes of text. " * (10 * MIB // 23)
        first = issue(body=text, updated_at="2036-01-01T00:00:00Z")
        Between.spoil = staticmethod(
            lambda path: body("[]")(path) if "page=2" in path else first(path))
        assert scene.sync("--full").returncode == 0
        Between.spoil = None
        assert len(scene.world.dump()) > 10 * MIB

    return ten_mebibytes_within_the_limit_are_read


def mended(scene):
    def a_whole_reading_afterwards_is_the_undisturbed_state():
        assert scene.sync("--full").returncode == 0
        world.assert_same(scene.world.dump(), scene.dump, "the database")

    return a_whole_reading_afterwards_is_the_undisturbed_state


def main():
    scene = Scene()
    is_github = world.DIALECT == "github"
    names = [name for name in SPOILED if is_github or name not in GITHUB_ONLY]
    try:
        world.run_tests([*(spoiled(scene, name) for name in names),
                         *([mirrored(scene)] if is_github else []), large(scene),
                         mended(scene)])
    finally:
        scene.close()


main()
