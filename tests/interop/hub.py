# SPDX-License-Identifier: Apache-2.0
"""A hub of its own with one person, for interop tests that write to it."""
import json
import os
import re
import subprocess
import sys
import urllib.request

import servers

HEARTH = os.path.abspath(sys.argv[1])


def set_option(path, key, value):
    """Puts a value where the commented template has the key."""
    text = open(path, encoding="utf-8").read()
    changed = re.sub(rf"^( *)#? ?{key}:.*", rf"\g<1>{key}: {value}", text, count=1,
                     flags=re.MULTILINE)
    assert changed != text, key
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)


class Hub(servers.Server):
    """The server, with ada's token and a way to call its API."""

    def __init__(self, folder, settings=(), is_new=True):
        self.folder = folder
        if is_new:
            self.make(folder, settings)
        with open(f"{folder}/token.ada", encoding="utf-8") as file:
            self.token = file.read()
        super().__init__([HEARTH, "--config", f"{folder}/hearth.yml", "serve", "--listen",
                          "127.0.0.1:0"], lambda line: line.startswith("{"))
        self.url = json.loads(self.lines[-1])["url"]

    @staticmethod
    def make(folder, settings):
        subprocess.run([HEARTH, "init", folder], check=True, stdout=subprocess.DEVNULL)
        for key, value in dict(settings).items():
            set_option(f"{folder}/hearth.yml", key, value)
        made = subprocess.run([HEARTH, "token", "create", "--user", "ada", "--scope", "write"],
                              cwd=folder, check=True, capture_output=True, text=True)
        with open(f"{folder}/token.ada", "w", encoding="utf-8") as file:
            file.write(re.search(r"hf_[A-Za-z0-9]{40}", made.stdout)[0])

    def remote(self, name, user="ada", token=None):
        return self.url.replace("://", f"://{user}:{token or self.token}@") + f"/ada/{name}"

    def call(self, path, body=None, method=None):
        request = urllib.request.Request(
            self.url + path, data=json.dumps(body).encode() if body else None, method=method,
            headers={"Authorization": f"Bearer {self.token}",
                     "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.headers, reply.read()
