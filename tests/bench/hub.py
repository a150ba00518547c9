# SPDX-License-Identifier: Apache-2.0
"""Serving: hearth against nginx, which sends the same bytes with the same headers. Each server
has the first processor, wrk the second; they take turns. Memory is measured without a peer."""
import contextlib
import getpass
import hashlib
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import figures

HEARTH = os.path.abspath("build/hearth")
LARGE, SMALL = 256 << 20, 4096
UPLOAD = 5 << 30
IDLE = 1000
RUNS, SECONDS = 5, 3
REPO = "ada/bench"
NOT_COPIED = {"date", "content-length", "connection", "etag", "accept-ranges", "content-type",
              "x-request-id"}
NGINX = """
user %(user)s; worker_processes 1; daemon off; pid %(dir)s/pid; error_log %(dir)s/error;
events { worker_connections 4096; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; etag on;
  open_file_cache max=100; default_type application/json;
  client_body_temp_path %(dir)s; proxy_temp_path %(dir)s; fastcgi_temp_path %(dir)s;
  uwsgi_temp_path %(dir)s; scgi_temp_path %(dir)s;
  server { listen 127.0.0.1:%(port)d; root %(dir)s/root;
    %(locations)s
  }
}
"""


def stop(child):
    child.terminate()
    child.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Hub:
    """ends, an ExitStack, stops the server whatever fails after it was started."""

    def __init__(self, folder, ends):
        subprocess.run([HEARTH, "init", folder], check=True, stdout=subprocess.DEVNULL)
        made = subprocess.run([HEARTH, "token", "create", "--user", "ada", "--scope", "write"],
                              cwd=folder, check=True, capture_output=True, text=True)
        self.token = re.search(r"hf_[A-Za-z0-9]{40}", made.stdout)[0]
        self.child = subprocess.Popen(
            ["taskset", "-c", "0", HEARTH, "serve", "--listen", "127.0.0.1:0"], cwd=folder,
            stdout=subprocess.PIPE, text=True)
        ends.callback(stop, self.child)
        self.url = json.loads(self.child.stdout.readline())["url"]
        self.call("POST", "/api/repos/create", {"name": "bench", "organization": "ada"})

    def call(self, method, path, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, {"Authorization": f"Bearer {self.token}",
                                    "Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=600) as reply:
            return json.load(reply)

    def upload_href(self, oid, size):
        answer = self.call("POST", f"/{REPO}.git/info/lfs/objects/batch", {
            "operation": "upload", "transfers": ["basic"],
            "objects": [{"oid": oid, "size": size}]})
        return answer["objects"][0]["actions"]["upload"]["href"]

    def put(self, oid, size, pieces):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=600)
        connection.request("PUT", self.upload_href(oid, size).removeprefix(self.url), pieces,
                           {"Content-Length": str(size)})
        assert connection.getresponse().status == 200
        connection.close()

    def commit(self, *lines):
        rows = [{"key": "header", "value": {"summary": "bench"}}, *lines]
        self.call("POST", f"/api/models/{REPO}/commit/main",
                  "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")

    def memory_kib(self, field):
        text = open(f"/proc/{self.child.pid}/status", encoding="utf-8").read()
        return int(re.search(field + r":\s+(\d+)", text)[1])


class Nginx:
    """Serves copies of what the hub answers, with the hub's own headers."""

    def __init__(self, folder, copies, ends):
        os.makedirs(f"{folder}/root")
        locations = ""
        for name, (headers, body) in copies.items():
            with open(f"{folder}/root/{name}", "wb") as file:
                file.write(body)
            rows = "".join(f"add_header {key} {json.dumps(value)}; "
                           for key, value in headers.items()
                           if key.lower() not in NOT_COPIED)
            locations += f"location = /{name} {{ {rows} }}\n"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        config = f"{folder}/nginx.conf"
        with open(config, "w", encoding="utf-8") as file:
            file.write(NGINX % {"dir": folder, "port": port, "user": getpass.getuser(),
                                 "locations": locations})
        self.child = subprocess.Popen(["taskset", "-c", "0", "/usr/sbin/nginx", "-c", config])
        ends.callback(stop, self.child)
        until = time.monotonic() + 30
        while self.child.poll() is None and time.monotonic() < until:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    return
        sys.exit("bench: nginx does not start")


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def wrk(url, connections):
    """Requests a second, bytes a second, and the latency that 99 of 100 are within."""
    said = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}",
                           f"-d{SECONDS}s", "--timeout", "60s", "--latency", url], check=True,
                          capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"bench: {said}")
    requests = float(re.search(r"Requests/sec:\s+([0-9.]+)", said)[1])
    size, unit = re.search(r"Transfer/sec:\s+([0-9.]+)([KMG]?)B", said).groups()
    late, late_unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", said).groups()
    return requests, float(size) * UNITS[unit], float(late) * UNITS[late_unit]


class Serving:
    def __init__(self, folder, ends):
        self.hub = Hub(f"{folder}/hub", ends)
        self.new_hub = lambda: Hub(f"{folder}/fresh", ends)
        large, small = os.urandom(LARGE), os.urandom(SMALL)
        oid = hashlib.sha256(large).hexdigest()
        self.hub.put(oid, LARGE, large)
        self.hub.commit(
            {"key": "lfsFile", "value": {"path": "large.bin", "algo": "sha256", "oid": oid,
                                         "size": LARGE}},
            {"key": "file", "value": {"path": "small.json", "encoding": "utf-8",
                                      "content": small.hex()[:SMALL]}},
            {"key": "file", "value": {"path": "README.md", "encoding": "utf-8",
                                      "content": "---\nlicense: mit\n---\n# Bench\n"}})
        self.paths = {"large": f"/{REPO}/resolve/main/large.bin",
                      "small": f"/{REPO}/resolve/main/small.json",
                      "json": f"/api/models/{REPO}"}
        copies = {}
        for name, path in self.paths.items():
            with urllib.request.urlopen(self.hub.url + path, timeout=60) as reply:
                copies[name] = (dict(reply.headers), reply.read())
        self.nginx = Nginx(f"{folder}/nginx", copies, ends)

    def rounds(self, name, connections, field):
        """Both servers' figures, in turns."""
        ours, peer = [], []
        for _ in range(RUNS):
            ours.append(wrk(self.hub.url + self.paths[name], connections)[field])
            peer.append(wrk(f"{self.nginx.url}/{name}", connections)[field])
        return ours, peer

    def rate(self, name, connections, field):
        ours, peer = self.rounds(name, connections, field)
        mine, theirs = statistics.median(ours), statistics.median(peer)
        return {"value": mine / theirs, "ours": mine, "peer": theirs, "runs": RUNS}

    def p99(self):
        return self.rate("small", 16, 2)

    def idle_rss(self):
        host, port = self.hub.url.removeprefix("http://").split(":")
        held = [socket.create_connection((host, int(port))) for _ in range(IDLE)]
        for peer in held:
            peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        for peer in held:
            assert peer.recv(4096).startswith(b"HTTP/1.1 200")
        mib = self.hub.memory_kib("VmRSS") / 1024
        for peer in held:
            peer.close()
        return {"value": mib, "ours": mib, "peer": None, "runs": 1, "note": f"{IDLE} idle"}

    def upload_rss(self):
        """By a fresh server: memory that one had before would hide what it takes."""
        hub = self.new_hub()
        piece, digest = bytes(1 << 20), hashlib.sha256()
        for _ in range(UPLOAD >> 20):
            digest.update(piece)
        before = hub.memory_kib("VmRSS")
        with open(f"/proc/{hub.child.pid}/clear_refs", "w", encoding="utf-8") as file:
            file.write("5")
        hub.put(digest.hexdigest(), UPLOAD, (piece for _ in range(UPLOAD >> 20)))
        mib = (hub.memory_kib("VmHWM") - before) / 1024
        return {"value": mib, "ours": mib, "peer": None, "runs": 1,
                "note": f"{UPLOAD >> 30} GiB in a piece"}


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder, \
            contextlib.ExitStack() as ends:
        serving = Serving(folder, ends)
        figures.main(sys.argv[1], "any", {
            "large_vs_nginx": lambda: serving.rate("large", 4, 1),
            "small_vs_nginx": lambda: serving.rate("small", 64, 0),
            "json_vs_nginx": lambda: serving.rate("json", 64, 0),
            "p99_vs_nginx": serving.p99,
            "idle_rss_mib": serving.idle_rss,
            "upload_rss_mib": serving.upload_rss,
        })


if __name__ == "__main__":
    main()
