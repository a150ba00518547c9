#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_strangers.py HEARTH

What a hub tells whom: a private repository is as one that never was, to the last header of
every address; a token opens what it is for, at every door; what a token is stands in no log.
Prints TAP.
"""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to
import points
from points import check

ITS_OWN = ("Date", "X-Request-Id")  # of a reply, whatever is asked
OID = "a" * 64
ANY = json.dumps({"operation": "download", "files": [], "objects": [], "paths": [], "tag": "t",
                  "user": "bob", "status": "accepted", "deletions": {"sha": []}})
UPLOAD = json.dumps({"operation": "upload", "objects": [{"oid": OID, "size": 3}]})
COMMIT = json.dumps({"key": "header", "value": {"summary": "s"}}) + "\n" + json.dumps(
    {"key": "file", "value": {"path": "a", "content": "", "encoding": "utf-8"}})
READS = ("", "?blobs=true", "/revision/main", f"/revision/{'a' * 40}", "/tree/main",
         "/tree/main/x", "/refs", "/commits/main", "/auth-check", "/auth-check/write",
         "/xet-write-token/main", "/lfs-files", "/user-access-request/pending", "/discussions")
PAGES = ("", "/resolve/main/README.md", "/raw/main/README.md", "/tree/main", "/blob/main/x",
         "/commit/main", "/info/refs?service=git-upload-pack",
         ".git/info/refs?service=git-receive-pack", ".git/info/lfs/locks", ".git/HEAD")
# What changes something, or asks to: (method, behind the API's address, body).
WRITES = (("POST", "/preupload/main", ANY), ("POST", "/commit/main", COMMIT),
          ("POST", "/branch/x", "{}"), ("DELETE", "/branch/x", "{}"),
          ("POST", "/tag/main", ANY), ("DELETE", "/tag/t", "{}"),
          ("POST", "/super-squash/main", "{}"), ("PUT", "/settings", '{"private": false}'),
          ("POST", "/lfs-files/batch", ANY), ("GET", "/xet-write-token/main", None),
          ("POST", "/user-access-request/handle", ANY),
          ("POST", "/user-access-request/grant", ANY), ("GET", "/auth-check/write", None))
GIT_WRITES = ((".git/info/lfs/objects/batch", UPLOAD), ("/git-receive-pack", "0000"),
              (".git/info/lfs/objects/verify", json.dumps({"oid": OID, "size": 3})))


class Caller:
    """One connection, and who is at its other end."""

    def __init__(self, url, authorization=None, accept="*/*"):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc,
                                                     timeout=60)
        self.headers = {"Accept": accept}
        if authorization:
            self.headers["Authorization"] = authorization

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body, self.headers)
        reply = self.connection.getresponse()
        headers = sorted((k, v) for k, v in reply.headers.items() if k not in ITS_OWN)
        return reply.status, headers, reply.read().decode("utf-8", "replace")


def addresses(kind, name):
    """Every request that names a repository."""
    api = f"/api/{kind}s/ada/{name}"
    web = f"/{'datasets/' if kind == 'dataset' else ''}ada/{name}"
    for method in ("GET", "HEAD"):
        yield from ((method, api + end, None) for end in READS)
        yield from ((method, web + end, None) for end in PAGES)
    yield from ((method, api + end, body) for method, end, body in WRITES)
    yield from (("POST", web + end, body) for end, body in GIT_WRITES)
    yield "POST", api + "/paths-info/main", ANY
    yield "POST", web + ".git/info/lfs/objects/batch", ANY
    yield "POST", web + "/ask-access", "{}"
    yield "POST", web + "/git-upload-pack", "0000"
    named = {"name": name, "organization": "ada", "type": kind}
    yield "POST", "/api/repos/create", json.dumps(named)
    yield "DELETE", "/api/repos/delete", json.dumps(named)
    for there, to in ((f"ada/{name}", "bob/q"), ("bob/own", f"ada/{name}")):
        yield "POST", "/api/repos/move", json.dumps({"fromRepo": there, "toRepo": to,
                                                     "type": kind})
    yield "GET", f"/api/{kind}s?search={name}", None


def token(folder, *words):
    made = subprocess.run([hubs.HEARTH, "token", "create", *words], cwd=folder, check=True,
                          stdout=subprocess.PIPE, text=True)
    return re.search(r"hf_[A-Za-z0-9]{40}", made.stdout)[0]


def private_is_absent(hub, bob):
    for kind in ("model", "dataset"):
        hub.call("/api/repos/create", {
            "name": "hidden", "organization": "ada", "private": True, "type": kind,
            "files": [{"path": "README.md", "content": "---\nlicense: mit\ntags: [odd]\n---"}]})
    basic = base64.b64encode(f"bob:{bob}".encode()).decode()
    for who, caller in (("nobody", Caller(hub.url)),
                        ("a reader with a browser", Caller(hub.url, None, "text/html")),
                        ("another's token", Caller(hub.url, f"Bearer {bob}")),
                        ("git with it", Caller(hub.url, f"Basic {basic}")),
                        ("a token that is none", Caller(hub.url, f"Bearer hf_{'x' * 40}"))):
        n, unlike = 0, []
        for kind in ("model", "dataset"):
            for hidden, absent in zip(addresses(kind, "hidden"), addresses(kind, "absent")):
                one, two = repr(caller.ask(*hidden)), repr(caller.ask(*absent))
                n += 1
                if one.replace("hidden", "absent") != two:
                    unlike.append(f"{hidden[:2]}\n  {one}\n  {two}")
        check(n > 120 and not unlike, f"{who}: private is as absent at every address",
              "\n".join(unlike))
        told = [path for path in ("/", "/api/models", "/api/datasets?full=true", "/metrics",
                                  "/api/models-tags-by-type", "/api/datasets-tags-by-type",
                                  "/api/settings/repositories",
                                  "/api/organizations/ada/settings/repositories")
                if re.search("hidden|odd", caller.ask("GET", path)[2])]
        check(not told, "and in no list", told)
    owner = Caller(hub.url, f"Bearer {hub.token}")
    check("hidden" in owner.ask("GET", "/api/models")[2] and
          "odd" in owner.ask("GET", "/api/models-tags-by-type")[2], "its owner sees it")


def doors(caller, name="open"):
    """What becomes of each way to write to a repository."""
    api = f"/api/models/ada/{name}"
    seen = {f"{method} {end}": caller.ask(method, api + end, body)[0]
            for method, end, body in WRITES}
    for end, body in GIT_WRITES:
        seen[end] = caller.ask("POST", f"/ada/{name}{end}", body)[0]
    seen["refs"] = caller.ask("GET", f"/ada/{name}/info/refs?service=git-receive-pack")[0]
    named = json.dumps({"name": name, "organization": "ada"})
    seen["move"] = caller.ask("POST", "/api/repos/move", json.dumps(
        {"fromRepo": f"ada/{name}", "toRepo": "ada/other"}))[0]
    seen["delete"] = caller.ask("DELETE", "/api/repos/delete", named)[0]
    return seen


def a_token_expires(hub):
    """Its last second is now: the day is put into the database, since nobody waits for one."""
    secret = token(hub.folder, "--user", "ada", "--scope", "write", "--expires", "2099-01-01")
    caller = Caller(hub.url, f"Bearer {secret}")
    is_good = caller.ask("GET", "/api/models/ada/open/auth-check/write")[0] == 200
    with contextlib.closing(sqlite3.connect(f"{hub.folder}/hub.db", timeout=60)) as database:
        with database:
            changed = database.execute("UPDATE access_token SET expires_at = unixepoch() "
                                       "WHERE expires_at > unixepoch()").rowcount
    seen = doors(caller)
    basic = base64.b64encode(f"ada:{secret}".encode()).decode()
    seen |= {f"git: {door}": status
             for door, status in doors(Caller(hub.url, f"Basic {basic}")).items()}
    reply = caller.ask("GET", "/api/whoami-v2")
    check(is_good and changed == 1 and set(seen.values()) == {401} and
          "this access token has expired" in reply[2], "a token that expires opens no door "
          "from that second on, and its owner is told why", (is_good, changed, seen, reply))
    return secret


def tokens_open_their_doors(hub, bob):
    folder = hub.folder
    hub.call("/api/repos/create", {"name": "open", "organization": "ada"})
    hub.call("/api/repos/create", {"name": "else", "organization": "ada"})
    owner = Caller(hub.url, f"Bearer {hub.token}")
    before = owner.ask("GET", "/api/models/ada/open")
    read = token(folder, "--user", "ada", "--scope", "read")
    elsewhere = token(folder, "--user", "ada", "--scope", "write", "--only", "ada/else")
    old = token(folder, "--user", "ada", "--scope", "write")
    ids = re.findall(r'"id": ?(\d+)', subprocess.run(
        [hubs.HEARTH, "token", "list", "--json"], cwd=folder, check=True,
        stdout=subprocess.PIPE, text=True).stdout)
    subprocess.run([hubs.HEARTH, "token", "revoke", max(ids, key=int)], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    for who, secret, wanted in (("a token to read", read, 403), ("another's", bob, 403),
                                ("one for elsewhere", elsewhere, 403),
                                ("a revoked one", old, 401), ("none", None, 401)):
        seen = doors(Caller(hub.url, secret and f"Bearer {secret}"))
        check(set(seen.values()) == {wanted}, f"{who} writes nowhere", seen)
    check(owner.ask("GET", "/api/models/ada/open") == before, "and nothing has changed")
    xet = json.loads(owner.ask("GET", "/api/models/ada/open/xet-write-token/main")[2])
    as_token = Caller(hub.url, f"Bearer {xet['accessToken']}")
    check(as_token.ask("GET", "/api/whoami-v2")[0] == 401 and
          set(doors(as_token).values()) == {401}, "a grant for Xet is no token", xet)
    forged = xet["accessToken"].replace("ada/open", "ada/else")
    check(Caller(hub.url, f"Bearer {forged}").ask("POST", "/-/xet/v1/shards", "x")[0] == 401,
          "and is for its repository")
    return read, elsewhere, old


def logs_have_no_secrets(hub, secrets):
    caller = Caller(hub.url)
    caller.headers["Referer"] = f"{hub.url}/"
    caller.ask("GET", f"/api/whoami-v2?token={secrets[0]}")
    owner = Caller(hub.url, f"Bearer {hub.token}")
    reply = json.loads(owner.ask("POST", "/ada/open.git/info/lfs/objects/batch", UPLOAD)[2])
    href = reply["objects"][0]["actions"]["upload"]["href"]
    check(caller.ask("PUT", href.removeprefix(hub.url), b"abc")[0] == 400,
          "content of another hash is refused")
    shown = subprocess.run(["ps", "-eo", "args", "-ww"], check=True,
                           stdout=subprocess.PIPE).stdout
    log = pathlib.Path(f"{hub.folder}/access.log").read_text(encoding="utf-8")
    said = log + "".join(hub.lines) + shown.decode("utf-8", "replace")
    database = pathlib.Path(f"{hub.folder}/hub.db").read_bytes()
    signature = re.search("sig=([0-9a-f]+)", href)[1]
    check("/api/whoami-v2" in log and not any(s in said for s in (*secrets, hub.token,
                                                                  signature)),
          "neither token nor signature is in a log or a command line")
    check(not any(s.encode() in database for s in (*secrets, hub.token)),
          "nor a token in the database")


def main():
    with tempfile.TemporaryDirectory() as folder:
        with hubs.Hub(folder, {"access_log": "access.log"}) as hub:
            bob = token(folder, "--user", "bob", "--scope", "write")
            Caller(hub.url, f"Bearer {bob}").ask("POST", "/api/repos/create", '{"name": "own"}')
            private_is_absent(hub, bob)
            secrets = tokens_open_their_doors(hub, bob)
            expired = a_token_expires(hub)
            logs_have_no_secrets(hub, (bob, expired, *secrets))
    points.end()


if __name__ == "__main__":
    main()
