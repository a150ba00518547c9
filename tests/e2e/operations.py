#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: operations.py HEARTH

`hearth serve` as its manager sees it: a socket that is passed on, readiness, a reload in the
middle of a download, the log, the figures, and an end that finishes what it began. Prints TAP.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import points
from points import check

HEARTH = os.path.abspath(sys.argv[1])
BIG = 32 << 20  # more than the buffers of both sockets hold


class Service:
    """A server under a manager: the manager's socket is its socket, its notes are read."""

    def __init__(self, folder, listener=None):
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notes = tempfile.mktemp(prefix="notify", dir=folder)
        self.notes.bind(notes)
        self.notes.settimeout(20)
        self.listener = listener or socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.log = open(f"{folder}/stderr", "w+", encoding="utf-8")
        script = f"exec 3<&{self.listener.fileno()}; LISTEN_PID=$$ exec '{HEARTH}' serve"
        self.child = subprocess.Popen(
            ["sh", "-c", script], cwd=folder, text=True, stdout=subprocess.PIPE,
            stderr=self.log, pass_fds=[self.listener.fileno()],
            env={**os.environ, "LISTEN_FDS": "1", "NOTIFY_SOCKET": notes})
        self.first = self.child.stdout.readline()

    def note(self):
        return self.notes.recv(200).decode()

    def get(self, path, headers=()):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         headers=dict(headers))
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.read().decode()

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def said(self):
        self.log.flush()
        return open(self.log.name, encoding="utf-8").read()


class Download:
    """A big file whose reader takes its time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.sendall(b"GET /reports/big.csv HTTP/1.1\r\nHost: a\r\n"
                            b"Connection: close\r\n\r\n")
        self.got = self.socket.recv(1000)

    def finish(self):
        while piece := self.socket.recv(1 << 20):
            self.got += piece
        return self.got.partition(b"\r\n\r\n")[2]


def set_option(folder, key, value):
    path = f"{folder}/hearth.yml"
    text = open(path, encoding="utf-8").read()
    changed = re.sub(rf"^( *)#? ?{key}:.*", rf"\g<1>{key}: {value}", text, count=1,
                     flags=re.MULTILINE)
    assert changed != text, key
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)


def prepare(folder):
    subprocess.run([HEARTH, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    set_option(folder, "access_log", "access.log")
    set_option(folder, "proxy", "127.0.0.1")
    os.makedirs(f"{folder}/reports", exist_ok=True)
    content = os.urandom(BIG)
    with open(f"{folder}/reports/big.csv", "wb") as file:
        file.write(content)
    return content


def logged(service, path):
    """A line is written after its reply was sent, so it may come a little later."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if os.path.exists(service.log_path):
            with open(service.log_path, encoding="utf-8") as log:
                if path in log.read():
                    return True
    return False


def figures(service):
    service.get("/reports/", {"X-Forwarded-For": "198.51.100.1, 192.0.2.44",
                              "User-Agent": 'forged" 200 "'})
    logged(service, "/reports/")  # and counted before that
    text = service.get("/metrics")
    check(re.search(r'^hearth_http_requests_total\{route="/reports/\{path\.\.\.\}",'
                    r'method="GET",status="2xx"\} 1$', text, re.MULTILINE),
          "requests are counted")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    check(all(re.fullmatch(r'[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.e+-]+', line)
              for line in samples), "every sample has the format's shape")
    typed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    named = {re.split("[{ ]", line)[0] for line in samples}
    check({re.sub("_(bucket|sum|count)$", "", name) for name in named} == typed,
          "and a type")
    line = open(service.log_path, encoding="utf-8").readline()
    shape = (r'192\.0\.2\.44 - - \[\d\d/[A-Z][a-z]{2}/\d{4}(:\d\d){3} \+0000\] '
             r'"GET /reports/ HTTP/1\.1" 200 \d+ "-" "forged\\x22 200 \\x22"\n')
    check(re.fullmatch(shape, line),
          "the log's line names whom the proxy names, and cannot be forged")


def reloads(service, folder, content):
    download = Download(service.port)
    os.rename(service.log_path, service.log_path + ".1")
    set_option(folder, "public_url", "https://hub.example.org")
    service.child.send_signal(signal.SIGHUP)
    check((service.note(), service.note()) == ("RELOADING=1", "READY=1"), "a reload is told")
    check(download.finish() == content, "a download outlives the reload, whole")
    service.get("/healthz")
    check(logged(service, "/healthz"), "the log is opened again")

    set_option(folder, "public_url", "[nonsense")
    service.child.send_signal(signal.SIGHUP)
    service.note(), service.note()
    check("warn not-reloaded" in service.said() and service.get("/healthz") == "ok\n",
          "a broken configuration is named and not taken")
    set_option(folder, "public_url", "https://hub.example.org")


class Visitors:
    """Some that ask again and again, on one connection or on a new one each time."""

    def __init__(self, port):
        self.port = port
        self.is_over = threading.Event()
        self.answers = []
        self.threads = [threading.Thread(target=self.visit, args=(n % 2 == 0,))
                        for n in range(4)]
        for thread in self.threads:
            thread.start()

    def visit(self, is_new_each_time):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self.is_over.is_set():
            try:
                connection.request("GET", "/reports/")
                reply = connection.getresponse()
                self.answers.append((reply.status, len(reply.read()) > 0))
            except (OSError, http.client.HTTPException) as error:
                self.answers.append((0, repr(error)))
                return
            if is_new_each_time:
                connection.close()
        connection.close()

    def leave(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        return self.answers


def reloads_in_a_crowd(service):
    visitors, notes = Visitors(service.port), []
    for _ in range(10):
        n = len(visitors.answers)
        service.child.send_signal(signal.SIGHUP)
        notes += [service.note(), service.note()]
        while len(visitors.answers) < n + 8 and all(t.is_alive() for t in visitors.threads):
            time.sleep(0.001)
    answers = visitors.leave()
    check(notes == ["RELOADING=1", "READY=1"] * 10 and len(answers) >= 80 and
          set(answers) == {(200, True)}, "ten reloads lose none of those who come and go")


def stops(service, folder, content):
    """Who comes between the end of one and the beginning of the next waits for the next."""
    download = Download(service.port)
    service.child.terminate()
    check(service.note() == "STOPPING=1", "the end is told")
    late = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    late.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    check(download.finish() == content, "a download is finished first")
    check(service.child.wait(20) == 0, "and then it ends well")
    following = Service(folder, service.listener)
    try:
        check(following.note() == "READY=1" and is_answered(late),
              "the next one serves who came in between")
        following.child.terminate()
        check(following.child.wait(20) == 0, "and ends well, too")
    finally:
        following.close()
    late.close()


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def is_answered(peer):
    try:
        return peer.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def answered(url, n):
    """How many of n connections that are open at once get an answer."""
    host, port = url.removeprefix("http://").split(":")
    peers = [socket.create_connection((host, int(port)), timeout=20) for _ in range(n)]
    for peer in peers:
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    got = sum(map(is_answered, peers))
    for peer in peers:
        peer.close()
    return got


def serves_this_machine(service):
    """Threads that take turns on one processor make connections wait for milliseconds; on a
    loopback address everybody has the same one, and none is counted by it."""
    ours = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([HEARTH, "init", folder], check=True, stdout=subprocess.DEVNULL)
        held = subprocess.Popen(["taskset", "-c", str(min(ours)), HEARTH, "serve", "--listen",
                                 "127.0.0.1:0"], cwd=folder, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        with held:
            url = json.loads(held.stdout.readline())["url"]
            n = threads(held.pid)
            held_open = answered(url, 300)
            held.terminate()
    check(held_open == 300, "one address of this machine has any number of connections")
    check(threads(service.child.pid) - n == min(len(ours), 16) - 1,
          "held to one processor, it serves with one thread")


def main():
    with tempfile.TemporaryDirectory() as folder:
        content = prepare(folder)
        service = Service(folder)
        service.log_path = f"{folder}/access.log"
        check(service.first == f'{{"url":"http://127.0.0.1:{service.port}"}}\n',
              "it serves the socket that it was given")
        check(service.note() == "READY=1", "and says when it is ready")
        try:
            figures(service)
            serves_this_machine(service)
            reloads(service, folder, content)
            reloads_in_a_crowd(service)
            stops(service, folder, content)
        finally:
            service.close()
    points.end()


if __name__ == "__main__":
    main()
