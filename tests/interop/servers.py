# SPDX-License-Identifier: Apache-2.0
"""The programs that interop tests run against each other, each a context manager.

Nothing here knows a fixed port or waits by sleeping: a server is ready when it says so. The
Node tools are those that tools/test installs into .cache/interop.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".cache" / "interop"
PRISM = TOOLS / "node_modules/@stoplight/prism-cli/dist/index.js"
GITHUB = TOOLS / "node_modules/@octokit/openapi/generated/api.github.com.json"
PREFIXES = {"github": "/api/v3", "gitea": "/api/v1"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A child whose output is read to the end by a thread, and kept."""

    def __init__(self, command, is_ready):
        self.lines = []
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                      stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        for line in self.child.stdout:
            self.lines.append(line)
            if is_ready(line):
                break
        else:
            raise RuntimeError(f"{command[0]} ended: {''.join(self.lines[-5:])}")
        self.drain = threading.Thread(target=self._read_on, daemon=True)
        self.drain.start()

    def _read_on(self):
        for line in self.child.stdout:
            self.lines.append(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()
        self.drain.join()
        self.child.stdout.close()


class Practice(Server):
    """`hearth practice` in a folder of its own; facts is the JSON line that it prints.

    With --public-url that line names the proxy; `direct` is the forge itself.
    """

    def __init__(self, hearth, dialect, *options):
        self.folder = tempfile.TemporaryDirectory()
        port = free_port()
        self.root = f"http://127.0.0.1:{port}"
        self.direct = self.root + PREFIXES[dialect]
        super().__init__([hearth, "practice", self.folder.name + "/forge", "--port", str(port),
                          "--dialect", dialect, *options], lambda line: line.startswith("{"))
        self.facts = json.loads(self.lines[-1])
        self.token = pathlib.Path(self.facts["token_file"]).read_text().strip()

    def __exit__(self, *_):
        super().__exit__()
        self.folder.cleanup()


class Prism(Server):
    """An API's description between client and practice forge: what breaks it is an error."""

    def __init__(self, port, upstream, description):
        for needed in (PRISM, description):
            if not pathlib.Path(needed).exists():
                sys.exit(f"no {needed}; Prism comes with tools/test")
        self.url = f"http://127.0.0.1:{port}"
        super().__init__([TOOLS / "node", PRISM, "proxy", "-h", "127.0.0.1", "-p", str(port),
                          "--errors", description, upstream],
                         lambda line: "is listening" in line)

    def violations(self):
        """Lines of Prism's log that tell of a request or reply against the description."""
        return [line for line in self.lines if "terminated with error" in line]


def arguments():
    """HEARTH [DIALECT DESCRIPTION]: the program, the dialect and what describes its API."""
    hearth = os.path.abspath(sys.argv[1])
    if len(sys.argv) < 4:
        return hearth, "github", GITHUB
    return hearth, sys.argv[2], os.path.abspath(sys.argv[3])
