#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: kill_writes.py HEARTH-SIM [EVERY]

Kills a cycle at its writes: right before one reaches the forge, and right after it took effect
with its reply still to come. Each EVERYth write is tried (1: all); plain cycles follow, and
database and forge must end as they do undisturbed, with nothing doubled. Prints TAP.
"""
import http.client
import http.server
import os
import subprocess
import sys
import threading
import urllib.parse

import world
from world import World

SIM = os.path.abspath(sys.argv[1])
EVERY = int(sys.argv[2]) if len(sys.argv) > 2 else 4
HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")


class Handler(http.server.BaseHTTPRequestHandler):
    """Passes a request on to the forge; at the chosen write it kills the cycle."""

    def pass_on(self):
        proxy = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_last = self.command != "GET" and proxy.is_chosen()
        if is_last and proxy.when == "before":
            proxy.end()
            return
        forge = http.client.HTTPConnection(proxy.forge, timeout=60)
        forge.request(self.command, self.path, body or None, dict(self.headers.items()))
        reply = forge.getresponse()
        data = reply.read()
        forge.close()
        if is_last:
            proxy.end()
            return
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in HOP_BY_HOP + ("date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

    def log_message(self, *_):
        pass


class Proxy(http.server.ThreadingHTTPServer):
    """Between one cycle and its forge. write: the one to end at, 0 for none."""

    daemon_threads = True

    def __init__(self, forge, write=0, when=""):
        super().__init__(("127.0.0.1", 0), Handler)
        self.forge, self.write, self.when = forge, write, when
        self.seen = 0
        self.cycle = None
        self.started = threading.Event()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def is_chosen(self):
        with self.lock:
            self.seen += 1
            return self.seen == self.write

    def end(self):
        self.started.wait(30)
        self.cycle.kill()
        self.cycle.wait()

    def handle_error(self, request, client_address):
        pass  # the cycle was killed amid a reply

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def run_through(w, write=0, when=""):
    """One cycle through the proxy. Returns how many writes it sent, and its exit code."""
    config = os.path.join(w.home, "hearth.yml")
    forge = urllib.parse.urlsplit(w.base).netloc
    with open(config) as file:
        before = file.read()
    with Proxy(forge, write, when) as proxy:
        with open(config, "w") as file:
            file.write(before.replace(forge, f"127.0.0.1:{proxy.server_port}"))
        proxy.cycle = w.start("run", "--yes", stdout=subprocess.DEVNULL)
        proxy.started.set()
        _, err = proxy.cycle.communicate(timeout=120)
        code = proxy.cycle.returncode
        seen = proxy.seen
    with open(config, "w") as file:
        file.write(before)
    assert code == (-9 if write else 0), (code, err)
    return seen


def undisturbed():
    with World(SIM) as w:
        writes = run_through(w)
        w.settle()
        return w.dump(), world.state_text(w), writes


def killed(write, when, dump, state):
    def test():
        with World(SIM) as w:
            run_through(w, write, when)
            w.settle(8)
            twice = world.doubled(w.state())
            assert twice == [], f"doubled: {twice}"
            world.assert_same(world.state_text(w), state, "the forge")
            world.assert_same(w.dump(), dump, "the database")

    test.__name__ = f"killed_{when}_write_{write}_it_ends_the_same"
    return test


def main():
    dump, state, writes = undisturbed()
    print(f"# a cycle writes {writes} times", flush=True)
    assert writes > 20, writes
    moments = [(write, when) for when, first in (("after", 1), ("before", 1 + EVERY // 2))
               for write in range(first, writes + 1, EVERY)]
    world.run_tests([killed(write, when, dump, state) for write, when in moments])


main()
