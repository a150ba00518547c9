#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_bad_input.py HEARTH

A hub as strangers and broken clients find it: paths that lead out, headers in values, bodies
that unpack to gigabytes, a card of 100 MB, commits that race, a disk that is full. Each is
refused with words, nothing is left behind, and the hub goes on in the memory that it had.
Prints TAP.
"""
import base64
import concurrent.futures
import gzip
import hashlib
import http.client
import json
import os
import pathlib
import re
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to
import points
from points import check

MIB = 1 << 20
REPO = "ada/model"
COMMIT = f"/api/models/{REPO}/commit/main"


def ask(hub, method, path, body=None, **headers):
    """Sends what no client library would; the status, the headers and the body."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(hub.url).netloc, timeout=60)
    connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    headers.setdefault("Authorization", f"Bearer {hub.token}")
    if body is not None:
        body = body if isinstance(body, bytes) else body.encode()
        headers["Content-Length"] = len(body)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), str(value))
    try:
        connection.endheaders(body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all was sent: the answer is there
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply.status, reply.headers, text


def lines(*operations, parent=None):
    header = {"summary": "s", **({"parentCommit": parent} if parent else {})}
    return "\n".join(json.dumps({"key": key, "value": value}) for key, value in
                     [("header", header), *operations]).encode()


def file_line(path, content=b"x"):
    return ("file", {"content": base64.b64encode(content).decode(), "path": path,
                     "encoding": "base64"})


def tip(hub):
    return json.loads(ask(hub, "GET", f"/api/models/{REPO}")[2])["sha"]


def peak_mib(hub):
    """The most memory that the server ever held."""
    status = pathlib.Path(f"/proc/{hub.child.pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def outside(folder):
    return sorted(str(p) for p in pathlib.Path(folder).rglob("*outside*"))


def paths_that_lead_out(hub, folder):
    out = ("../outside", "/outside", "a/../../outside", ".git/outside", "git~1/outside",
           "a//outside", "a/./outside", "outside\0", "outside\n")
    before = tip(hub)
    for path in out:
        status, _, said = ask(hub, "POST", COMMIT, lines(file_line(path)))
        check(status == 400, f"no commit has {path!r}", (status, said))
    for key in ("deletedFile", "deletedFolder"):
        for path in ("../model.git", "/", "..", ".git", "a/../.gitattributes"):
            status, _, said = ask(hub, "POST", COMMIT, lines((key, {"path": path})))
            check(status in (400, 404), f"{key} of {path!r} is refused", (status, said))
    ups = ["../.gitattributes", "/.gitattributes", "./.gitattributes", "..", ".git/HEAD"]
    said = [ask(hub, "POST", f"/api/models/{REPO}/paths-info/main", json.dumps(
        {"paths": ups}), Content_Type="application/json")[2]]
    said += [ask(hub, "GET", f"/api/models/{REPO}/tree/main/{where}")[0]
             for where in ("..", "%2e%2e", "..%2f..", ".git")]
    check(said[0] == b"[]" and set(said[1:]) == {404}, "what is above is not told", said)
    names = ("../outside", "..", "a/../outside", "%2e%2e", ".outside", "a\\outside")
    said = [ask(hub, "POST", "/api/repos/create", json.dumps({"name": name}))[0]
            for name in names]
    said += [ask(hub, "POST", "/api/repos/move",
                 json.dumps({"fromRepo": REPO, "toRepo": f"ada/{name}"}))[0] for name in names]
    said += [ask(hub, "POST", f"/api/models/{REPO}/{where}",
                 json.dumps({"tag": "../../outside"}))[0]
             for where in ("tag/main", "branch/..%2F..%2Foutside", "branch/a.lock")]
    said += [ask(hub, "POST", f"/-/xet/v1/xorbs/default/{name}", b"x")[0]
             for name in ("..%2Foutside", "../outside")]
    check(all(400 <= status < 500 for status in said), "no name leads out", said)
    for path in ("/reports/..%2f..%2fhearth.yml", "/-/..%2fhearth.yml",
                 "/-/lfs/..%2f..%2fhearth.yml", f"/{REPO}.git/../../hub.db",
                 f"/{REPO}/raw/main/..%2f..%2fhub.db", f"/{REPO}.git/objects/info/packs",
                 f"/{REPO}.git/HEAD"):
        status, _, text = ask(hub, "GET", path)
        check(400 <= status < 500 and b"forge:" not in text, f"nor does {path}", (status, text))
    check(tip(hub) == before and not outside(folder), "and nothing is there", outside(folder))


def headers_in_values(hub):
    evil = "%0d%0aX-Evil:%201"
    seen = [ask(hub, "GET", path) for path in (
        f"/api/models?search=a&limit=1&author=ada{evil}", f"/{REPO}/resolve/main/{evil}",
        f"/api/models?limit=1&x={evil}", f"/{REPO}{evil}/resolve/main/a",
        f"/{REPO}/info/refs?service=git-upload-pack{evil}")]
    card = "---\nlicense: \"mit\\r\\nX-Evil: 1\"\ntags: [\"\\r\\nX-Evil: 1\"]\n---\n".encode()
    seen.append(ask(hub, "POST", "/api/validate-yaml", json.dumps(
        {"content": card.decode(), "repoType": "model"})))
    seen.append(ask(hub, "GET", "/\\example.org/a/blob/main/b"))
    check(seen[-1][0] == 404, "no address leads to another host", seen[-1])
    seen.append(ask(hub, "GET", "/api/models?limit=1", Host="a",
                    X_Forwarded_Host="b\tX-Evil: 1"))
    check(not any("X-Evil" in headers for _, headers, _ in seen), "no value becomes a header",
          [str(headers) for _, headers, _ in seen])


def bodies_that_unpack(hub):
    bomb = gzip.compress(bytes(256 * MIB), 9)
    seen = [ask(hub, "POST", path, bomb, Content_Encoding="gzip", Content_Type=kind)[0]
            for path, kind in (
                (COMMIT, "application/x-ndjson"), ("/api/repos/create", "application/json"),
                (f"/{REPO}.git/git-upload-pack", "application/x-git-upload-pack-request"),
                (f"/{REPO}.git/git-receive-pack", "application/x-git-receive-pack-request"))]
    check(seen == [400, 400, 413, 415], "a packed body is no commit, and none of git's", seen)
    deep = b"[" * 60_000
    seen = [ask(hub, "POST", path, deep)[0] for path in ("/api/repos/create", COMMIT)]
    check(all(400 <= status < 500 for status in seen), "nor is one that is deep", seen)
    check(ask(hub, "GET", "/healthz")[2] == b"ok\n" and peak_mib(hub) < 128,
          "and the hub goes on", f"{peak_mib(hub)} MiB")


def pkt(text):
    return f"{len(text) + 4:04x}{text}".encode()


def asked_of_git(hub):
    """git itself packs what it asks for; nobody pushes a million refs."""
    kind = {"Content_Type": "application/x-git-upload-pack-request"}
    wants = pkt(f"want {tip(hub)}\n") + b"0000" + pkt("done\n")
    status, _, said = ask(hub, "POST", f"/{REPO}.git/git-upload-pack", gzip.compress(wants),
                          Content_Encoding="gzip", **kind)
    check(status == 200 and b"PACK" in said, "a fetch may be packed", (status, said[:80]))
    status, _, said = ask(hub, "POST", f"/{REPO}.git/git-upload-pack", wants,
                          Content_Encoding="br", **kind)
    check(status == 415, "but by gzip only", (status, said))
    command = pkt(f"{'0' * 40} {tip(hub)} refs/tags/" + "x" * 200)
    tags = command * (17 * MIB // len(command))
    status, _, said = ask(hub, "POST", f"/{REPO}.git/git-receive-pack", tags + b"0000",
                          Content_Type="application/x-git-receive-pack-request")
    check(status == 413 and b"fewer refs" in said, "more refs than a push may have are refused",
          (status, said))


def requests_with_two_ends(hub):
    """Behind each, in what a proxy may take for its body, stands another request."""
    heads = ("Content-Length: 60\r\nTransfer-Encoding: chunked", "Content-Length:\r\n 60",
             "Content-Length: 4\r\nContent-Length: 60", "Content-Length: 4\r\n 60",
             "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: xchunked", "X: a\rY: b",
             "X: a\r\n Content-Length: 60", "Content-Length : 60", "Content-Length: 0x3c")
    seen = []
    for head in heads:
        with socket.create_connection(urllib.parse.urlsplit(hub.url).netloc.split(":"),
                                      timeout=60) as peer:
            peer.sendall(f"POST /api/validate-yaml HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n"
                         "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            peer.shutdown(socket.SHUT_WR)
            with peer.makefile("rb") as file:
                seen.append(file.read())
    check(all(set(re.findall(rb"HTTP/1\.1 (\d+)", said)) == {b"400"} for said in seen),
          "what is behind a request with two ends is not read", list(zip(heads, seen)))


def git(folder, *words):
    done = subprocess.run(["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b",
                           *words], check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    return done.returncode == 0, done.stdout


def history_that_cannot_be_listed(hub, work):
    """An old commit is not served by a push, but gc, fsck and who asks for it must read it."""
    paths = ((b"bad\xff\xfe", "not UTF-8"), (b"/".join([b"d"] * 70), "folders deep"))
    for path, words in paths:
        full = os.path.join(work.encode(), path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        pathlib.Path(os.fsdecode(full)).write_text("x", encoding="utf-8")
        git(work, "add", "-A"), git(work, "commit", "-qm", "odd")
        git(work, "rm", "-rq", "--", os.fsdecode(path.split(b"/")[0]))
        git(work, "commit", "-qm", "as if nothing had been")
        is_pushed, said = git(work, "push", "origin", "HEAD:main")
        check(not is_pushed and words in said, f"a history with a path that is {words} is "
              "refused, though the tip is fine", said)
        git(work, "reset", "-q", "--hard", "origin/main")
    done = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=hub.folder, check=False, text=True,
                          capture_output=True)
    check(done.returncode == 0, "so nobody makes fsck complain", done.stdout)


def what_git_brings(hub, folder):
    """Names that the protocol's own commits never have; what leads elsewhere."""
    work, main = f"{folder}/work", "HEAD:main"
    git(folder, "clone", "-q", hub.remote("model"), work)
    pathlib.Path(work, "README.md").symlink_to("/etc/passwd")
    git(work, "add", "-A"), git(work, "commit", "-qm", "link")
    was_refused = not git(work, "push", "origin", main)[0]
    linked = git(work, "rev-parse", "HEAD")[1].strip()
    git(work, "rm", "-q", "README.md")
    git(work, "commit", "-qm", "<script>alert(1)</script>")
    is_pushed = git(work, "push", "origin", main)[0]
    said = [ask(hub, "GET", path)[2] for path in (
        f"/{REPO}/resolve/{linked}/README.md", f"/{REPO}/raw/{linked}/README.md",
        f"/api/models/{REPO}/tree/{linked}", f"/api/models/{REPO}/revision/{linked}")]
    check(was_refused and is_pushed and not any(b"root:" in s or b"README" in s for s in said),
          "a link in a tip is refused, and one in the history leads nowhere", said)
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    git(work, "commit", "-qm", "submodule")
    check(not git(work, "push", "origin", main)[0], "a submodule is refused")
    git(work, "reset", "-q", "--hard", "origin/main")
    names = ('a"b;c', "<img src=x onerror=alert(1)>", "\u202egpj.exe", "a%0d%0aX-Evil: 1", "'")
    for name in names:
        pathlib.Path(work, name).write_text("x", encoding="utf-8")
    git(work, "add", "-A"), git(work, "commit", "-qm", "names")
    git(work, "tag", 'v1"<script>'), git(work, "tag", "v1%0d%0aX-Evil")
    is_pushed, pushed = git(work, "push", "--tags", "origin", main)
    seen = [ask(hub, "GET", f"/{REPO}/resolve/main/{urllib.parse.quote(name)}")
            for name in names]
    check(is_pushed and all(status == 200 and "X-Evil" not in headers and re.fullmatch(
        r"inline; filename\*=UTF-8''([\w%.-]+); filename=\"\1\";",
        headers["Content-Disposition"]) for status, headers, _ in seen),
          "odd names come back, and are no header", (pushed, [str(s[1]) for s in seen]))
    history_that_cannot_be_listed(hub, work)
    pages = b"".join(ask(hub, "GET", path, Accept="text/html")[2]
                     for path in ("/", f"/{REPO}", f"/{REPO}/tree/main"))
    check(b"<script" not in pages and b"<img src=x" not in pages and b'"<' not in pages,
          "nor markup on a page", pages)


def a_card_of_100_mb(hub):
    card = b"---\nlicense: mit\n---\n" + b"<script>alert(1)</script>\n" * (100 * MIB // 26)
    status, _, said = ask(hub, "POST", COMMIT, lines(file_line("README.md", card)))
    check(status == 200, "a card of 100 MB is taken as a file", (status, said))
    status, _, page = ask(hub, "GET", f"/{REPO}", Accept="text/html")
    check(status == 200 and len(page) < MIB and b"<script" not in page, "its page stays small",
          (status, len(page)))
    check(ask(hub, "GET", f"/api/models/{REPO}")[0] == 200 and peak_mib(hub) < 160,
          "and so does the hub", f"{peak_mib(hub)} MiB")
    ask(hub, "POST", COMMIT, lines(("deletedFile", {"path": "README.md"})))
    status, _, said = ask(hub, "POST", "/api/validate-yaml", json.dumps(
        {"content": card.decode(), "repoType": "model"}))
    check(status == 413, "one to be checked beforehand is refused", (status, said))


def commits_that_race(hub):
    parent = tip(hub)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        seen = sorted(pool.map(lambda n: ask(hub, "POST", COMMIT, lines(
            file_line(f"race{n}"), parent=parent))[0], range(6)))
    check(seen == [200] + [412] * 5, "of six commits upon one parent one wins", seen)


def announce(hub, content):
    oid = hashlib.sha256(content).hexdigest()
    reply = json.loads(ask(hub, "POST", f"/{REPO}.git/info/lfs/objects/batch", json.dumps(
        {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}))[2])
    href = urllib.parse.urlsplit(reply["objects"][0]["actions"]["upload"]["href"])
    return f"{href.path}?{href.query}"


def put_in_chunks(hub, path, *chunks, is_whole=True):
    """A PUT that tells no length beforehand; the whole reply, None when it broke off."""
    with socket.create_connection(urllib.parse.urlsplit(hub.url).netloc.split(":"),
                                  timeout=60) as peer:
        peer.sendall(f"PUT {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n".encode())
        for chunk in chunks:
            peer.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        if not is_whole:  # as who is gone: no end, but a reset
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return None
        peer.sendall(b"0\r\n\r\n")
        peer.shutdown(socket.SHUT_WR)
        with peer.makefile("rb") as file:
            return file.read()


def large_files_of_no_told_length(hub, folder):
    content = os.urandom(3 * MIB)
    oid = hashlib.sha256(content).hexdigest()
    half, path = len(content) // 2, announce(hub, content)
    stored = pathlib.Path(folder, "hub", ".lfs", "objects", oid[:2], oid[2:4], oid)
    for what, chunks, words in (
            ("of another hash", (content[:half], content[half + 1:], b"x"), b"SHA-256"),
            ("that is too short", (content[:half],), b"%d of %d bytes" % (half, len(content))),
            ("that is too long", (content, b"x"), b"more than the announced"),
            ("of nothing", (), b"0 of %d bytes" % len(content))):
        said = put_in_chunks(hub, path, *chunks)
        check(said.startswith(b"HTTP/1.1 400 ") and words in said and not stored.exists(),
              f"a large file in chunks {what} is refused", said)
    put_in_chunks(hub, path, content[:half], is_whole=False)
    said = put_in_chunks(hub, path, content[:half], content[half:])
    check(said.startswith(b"HTTP/1.1 200 ") and stored.read_bytes() == content,
          "and a sound one is kept", said)
    incoming, deadline = pathlib.Path(folder, "hub", ".lfs", "incoming"), time.monotonic() + 60
    while (left := list(incoming.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)  # who broke off may be noticed later
    check(not left, "nothing is left of those, nor of one that broke off", left)


def a_disk_that_is_full(folder):
    """A limit on file sizes stands for it: writes fail half-way in the same places."""
    before = tip_on_disk(folder)
    with hubs.Hub(folder, is_new=False) as hub:
        resource.prlimit(hub.child.pid, resource.RLIMIT_FSIZE, (MIB, MIB))
        content = os.urandom(3 * MIB)
        status, _, said = ask(hub, "PUT", announce(hub, content), content)
        check(status == 507 and folder.encode() not in said, "a large file is refused with 507",
              (status, said))
        status, _, said = ask(hub, "POST", COMMIT, lines(file_line("large.bin", content * 3)))
        check(status == 507, "so is a commit with one", (status, said))
        grant = json.loads(ask(hub, "GET", f"/api/models/{REPO}/xet-write-token/main")[2])
        size = len(content).to_bytes(3, "little")
        status, _, said = ask(hub, "POST", f"/-/xet/v1/xorbs/default/{'ab' * 32}",
                              b"\0" + size + b"\0" + size + content,
                              Authorization=f"Bearer {grant['accessToken']}")
        check(status == 507, "and a xorb", (status, said))
        check(ask(hub, "GET", f"/api/models/{REPO}")[0] == 200, "reading goes on")
    left = [str(p) for p in pathlib.Path(f"{folder}/hub").rglob("*")
            if p.is_file() and {"incoming", ".xet"} & set(p.parts) and p.name != "lock"]
    check(not left, "nothing is left of them", left)
    fsck = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=folder, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(fsck.returncode == 0 and tip_on_disk(folder) == before, "and fsck finds no fault",
          fsck.stdout)


def a_folder_for_its_owner(folder):
    """Private repositories are in it. As an older version made it, or a umask would."""
    os.chmod(f"{folder}/hub", 0o755)
    with hubs.Hub(folder, is_new=False):
        mode = pathlib.Path(f"{folder}/hub").stat().st_mode & 0o777
    check(mode & 0o7 == 0, "no other user of the machine enters hub/", oct(mode))


def tip_on_disk(folder):
    return pathlib.Path(f"{folder}/hub/{REPO}.git/refs/heads/main").read_text(encoding="utf-8")


def main():
    with tempfile.TemporaryDirectory() as top:
        folder = f"{top}/hub"
        with hubs.Hub(folder) as hub:
            hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
            paths_that_lead_out(hub, top)
            headers_in_values(hub)
            bodies_that_unpack(hub)
            asked_of_git(hub)
            requests_with_two_ends(hub)
            what_git_brings(hub, top)
            a_card_of_100_mb(hub)
            commits_that_race(hub)
            large_files_of_no_told_length(hub, folder)
        a_disk_that_is_full(folder)
        a_folder_for_its_owner(folder)
    points.end()


if __name__ == "__main__":
    main()
