#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: nginx.py HEARTH

The nginx configuration in packaging/, with a certificate of the test's own and its addresses
adapted as an administrator would, in front of a hub. Prints TAP.
"""
import getpass
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to
import points
import servers
from points import check

CONFIG = servers.ROOT / "packaging/nginx/hearth.conf"
WRAP = """user %(user)s; daemon off; pid %(dir)s/pid; error_log %(dir)s/error;
events { }
http { access_log off; client_body_temp_path %(dir)s; proxy_temp_path %(dir)s;
fastcgi_temp_path %(dir)s; uwsgi_temp_path %(dir)s; scgi_temp_path %(dir)s;
%(site)s }
"""


def adapt(folder, hub, port):
    """The shipped file with this machine's addresses in it."""
    site = CONFIG.read_text()
    for old, new in (("server 127.0.0.1:8080", "server " + hub.url.removeprefix("http://")),
                     ("listen 80;", f"listen 127.0.0.1:{servers.free_port()};"),
                     ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
                     ("/etc/ssl/certs/hub.example.org.pem", f"{folder}/cert.pem"),
                     ("/etc/ssl/private/hub.example.org.key", f"{folder}/key.pem"),
                     ("/srv/hearth/hub/", f"{hub.folder}/hub/")):
        assert old in site, old
        site = site.replace(old, new)
    site = re.sub(r"\n *listen \[::\][^\n]*", "", site)
    path = f"{folder}/nginx.conf"
    pathlib.Path(path).write_text(WRAP % {"dir": folder, "site": site,
                                          "user": getpass.getuser()})
    return path


class Nginx:
    def __init__(self, folder, hub):
        self.port = servers.free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                        f"{folder}/key.pem", "-out", f"{folder}/cert.pem", "-days", "2",
                        "-subj", "/CN=127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.child = subprocess.Popen([program, "-c", adapt(folder, hub, self.port)])
        until = time.monotonic() + 30
        while self.child.poll() is None and time.monotonic() < until:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        sys.exit("nginx does not start")

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                                 context=self.context)
        connection.request(method, path, body, dict(headers))
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()

    def close(self):
        self.child.terminate()
        self.child.wait()


def upload(nginx, hub, content):
    """A large file through the proxy, by the addresses that the hub gives out."""
    oid = hashlib.sha256(content).hexdigest()
    _, body = hub.call("/ada/model.git/info/lfs/objects/batch", {
        "operation": "upload", "objects": [{"oid": oid, "size": len(content)}]})
    href = json.loads(body)["objects"][0]["actions"]["upload"]["href"]
    status, _, _ = nginx.ask("PUT", href.removeprefix(hub.url), content)
    check(status == 200, "an upload goes through")
    lines = [{"key": "header", "value": {"summary": "large"}},
             {"key": "lfsFile", "value": {"path": "large.bin", "algo": "sha256", "oid": oid,
                                          "size": len(content)}}]
    status, _, _ = nginx.ask("POST", "/api/models/ada/model/commit/main",
                             "\n".join(map(json.dumps, lines)),
                             {"Authorization": f"Bearer {hub.token}",
                              "Content-Type": "application/x-ndjson"})
    check(status == 200, "and is committed")
    return oid


def downloads(nginx, content, oid):
    path = "/ada/model/resolve/main/large.bin"
    status, headers, body = nginx.ask("GET", path)
    check(status == 200 and body == content, "nginx sends the file")
    check(headers["ETag"] == f'"{oid}"' and headers["X-Linked-Size"] == str(len(content)) and
          len(headers["X-Repo-Commit"]) == 40 and headers["Accept-Ranges"] == "bytes",
          "with the headers that clients need", str(headers))
    check(headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff"
          and "X-Accel-Redirect" not in headers, "and those that protect", str(headers))
    status, headers, body = nginx.ask("GET", path, headers={"Range": "bytes=5-14"})
    check(status == 206 and body == content[5:15] and
          headers["Content-Range"] == f"bytes 5-14/{len(content)}", "a range of it")
    status, headers, body = nginx.ask("HEAD", path)
    check(status == 200 and headers["Content-Length"] == str(len(content)) and not body, "HEAD")
    check(nginx.ask("GET", "/_hearth_files/hearth.yml")[0] == 404, "the folder is not open")
    check(nginx.ask("GET", "/ada/model/resolve/refs%2Fheads%2Fmain/large.bin",
                    headers={"Range": "bytes=0-0"})[0] == 206, "%2F arrives as it was sent")


def main():
    with tempfile.TemporaryDirectory() as folder:
        settings = {"proxy": "127.0.0.1", "accel": "/_hearth_files/"}
        with hubs.Hub(f"{folder}/hub", settings) as hub:
            hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
            nginx = Nginx(folder, hub)
            try:
                content = os.urandom(8 << 20)
                downloads(nginx, content, upload(nginx, hub, content))
            finally:
                nginx.close()
    points.end()


if __name__ == "__main__":
    main()
