#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_full_disk.py HEARTH

A hub on a disk of its own that gets full: of bytes in the middle of an upload, of files before
an upload, a commit and a push, and of what a push unpacks to. Each is refused with words,
nothing half is left, reading goes on, and once there is room the same goes through. The disk is
a tmpfs in a mount namespace of the test's own; where none can be made it fails. Prints TAP.
"""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import hub as hubs  # the hub that interop tests write to
import points
from points import check

MIB = 1 << 20
DISK = "size=220m,nr_inodes=3000"
REPO = "ada/model"
PATIENCE_S = 60
GIT_ENV = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
           "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
           "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
           "GIT_COMMITTER_EMAIL": "ada@example.org"}


def enter_namespace():
    """Starts this program again where it may mount."""
    if os.environ.get("HEARTH_TEST_MAY_MOUNT"):
        return
    os.environ["HEARTH_TEST_MAY_MOUNT"] = "1"
    own = ["unshare", "--mount", "--propagation", "private"]
    for how in (own, [*own, "--map-root-user"]):
        tried = subprocess.run([*how, "mount", "-t", "tmpfs", "none", "/mnt"], check=False,
                               stderr=subprocess.DEVNULL)
        if tried.returncode == 0:
            os.execvp(how[0], [*how, sys.executable, *sys.argv])
    sys.exit("Bail out! no tmpfs can be mounted here: run this as root, or where users may "
             "have namespaces (sysctl kernel.unprivileged_userns_clone)")


class Ballast:
    """What fills the disk: bytes until there is none left, or files."""

    def __init__(self, disk):
        self.folder = pathlib.Path(disk, "ballast")
        self.folder.mkdir()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["rm", "-r", self.folder], check=True)

    def add_bytes(self, n_bytes=1 << 40):
        with open(self.folder / "bytes", "ab", buffering=0) as file:
            try:
                while n_bytes > 0:
                    n_bytes -= file.write(bytes(min(n_bytes, MIB)))
            except OSError:
                pass
        return self

    def add_files(self):
        try:
            for n in range(1 << 20):
                (self.folder / str(n)).touch()
        except OSError:
            pass
        return self


def ask(hub, method, path, body=None, kind="application/json", auth=True):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(hub.url).netloc,
                                            timeout=PATIENCE_S)
    headers = {"Content-Type": kind}
    if auth:
        headers["Authorization"] = f"Bearer {hub.token}"
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def announce(hub, content):
    """The address to which an object may be sent."""
    oid = hashlib.sha256(content).hexdigest()
    said = ask(hub, "POST", f"/{REPO}.git/info/lfs/objects/batch", json.dumps(
        {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}))[1]
    href = urllib.parse.urlsplit(json.loads(said)["objects"][0]["actions"]["upload"]["href"])
    return f"{href.path}?{href.query}"


def commit(hub, path, content):
    lines = ({"key": "header", "value": {"summary": path}},
             {"key": "file", "value": {"path": path, "encoding": "base64",
                                       "content": base64.b64encode(content).decode()}})
    return ask(hub, "POST", f"/api/models/{REPO}/commit/main",
               "\n".join(json.dumps(line) for line in lines), "application/x-ndjson")


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=GIT_ENV, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.returncode == 0, done.stdout


def wait_for(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the hub did not take what was sent")
        threading.Event().wait(0.005)


def nothing_half(hub, before, what):
    """By the hub's own check, by git's, and by looking for what uploads leave."""
    bare = f"{hub.folder}/hub/{REPO}.git"
    done = subprocess.run([hubs.HEARTH, "hub", "fsck"], cwd=hub.folder, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    is_sound, said = git(bare, "fsck", "--strict", "--no-dangling")
    left = [str(path) for path in pathlib.Path(hub.folder, "hub").rglob("*")
            if path.is_file() and "incoming" in str(path.relative_to(hub.folder))]
    check(done.returncode == 0 and is_sound and not left and refs(hub) == before,
          f"{what}: nothing half is left", f"{done.stdout}{said}{left}")


def refs(hub):
    return git(f"{hub.folder}/hub/{REPO}.git", "for-each-ref")[1]


def bytes_run_out_in_an_upload(hub):
    content, before = os.urandom(4 * MIB), refs(hub)
    href = announce(hub, content)
    incoming = pathlib.Path(hub.folder, "hub", ".lfs", "incoming")
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(hub.url).netloc,
                                            timeout=PATIENCE_S)
    connection.putrequest("PUT", href)
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content[:MIB])
    wait_for(lambda: sum(path.stat().st_size for path in incoming.iterdir()) == MIB)
    with Ballast(hub.folder).add_bytes():
        try:
            connection.send(content[MIB:])
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was sent: the answer is there
        reply = connection.getresponse()
        said = reply.read().decode()
        check(reply.status == 507 and "error" in said and hub.folder not in said,
              "an upload on whose way the disk gets full is refused with 507",
              (reply.status, said))
        check(ask(hub, "GET", f"/api/models/{REPO}")[0] == 200, "reading goes on")
        nothing_half(hub, before, "after it")
        status, said = commit(hub, "small.txt", b"small")
        check(status == 507, "a small commit is refused, too", (status, said))
        nothing_half(hub, before, "after that")
    connection.close()
    status, said = ask(hub, "PUT", href, content, auth=False)
    check(status == 200, "with room the same upload goes through", (status, said))
    status, said = commit(hub, "small.txt", b"small")
    check(status == 200, "and the commit", (status, said))


def no_file_can_be_made(hub, work):
    """Bytes there are enough: so each begins, and fails at the first file that it makes."""
    content, before = os.urandom(MIB), refs(hub)
    href, url = announce(hub, content), hub.remote("model")
    git(work, "commit", "-q", "--allow-empty", "-m", "empty")
    with Ballast(hub.folder).add_files():
        status, said = ask(hub, "PUT", href, content, auth=False)
        check(status == 507, "without a file to be made an upload is refused", (status, said))
        status, said = commit(hub, "other.txt", b"other")
        check(status == 507, "so is a commit", (status, said))
        is_pushed, said = git(work, "push", url, "HEAD:refs/heads/pushed")
        check(not is_pushed and "507" in said, "so is a push", said)
        nothing_half(hub, before, "after them")
    status, said = ask(hub, "PUT", href, content, auth=False)
    check(status == 200, "with room the upload goes through", (status, said))
    status, said = commit(hub, "other.txt", b"other")
    check(status == 200, "the commit", (status, said))
    is_pushed, said = git(work, "push", url, "HEAD:refs/heads/pushed")
    check(is_pushed, "and the push", said)


def a_push_unpacks_to_too_much(hub, work):
    """Versions that differ by a byte: small as they are sent, but each is kept as a whole."""
    content, url, before = bytearray(os.urandom(4 * MIB)), hub.remote("model"), refs(hub)
    for n in range(25):
        content[n] ^= 1
        pathlib.Path(work, "grows").write_bytes(content)
        git(work, "add", "-A")
        git(work, "commit", "-qm", f"version {n}")
    with Ballast(hub.folder) as ballast:
        free = os.statvfs(hub.folder)
        ballast.add_bytes(free.f_bavail * free.f_frsize - 80 * MIB)
        is_pushed, said = git(work, "push", url, "HEAD:refs/heads/grown")
        check(not is_pushed and "No space left" in said,
              "a push that unpacks to more than there is room for hears why", said)
        nothing_half(hub, before, "after it")
    is_pushed, said = git(work, "push", url, "HEAD:refs/heads/grown")
    check(is_pushed, "with room it goes through", said)


def gc_without_room(hub):
    """What cannot be packed stays as it is."""
    before = refs(hub)
    with Ballast(hub.folder).add_bytes():
        done = subprocess.run([hubs.HEARTH, "hub", "gc"], cwd=hub.folder, check=False,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check("left as it is: git repack: " in done.stdout, "gc says that it had no room",
              done.stdout)
        nothing_half(hub, before, "after it")
    done = subprocess.run([hubs.HEARTH, "hub", "gc"], cwd=hub.folder, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(done.returncode == 0 and "left as it is" not in done.stdout,
          "with room it packs", done.stdout)
    nothing_half(hub, before, "and then")


def upload_by_hand(hub, top):
    """`hearth hub upload` asks for no right, but spares the databases their room, too."""
    before, file = refs(hub), pathlib.Path(top, "small.txt")
    file.write_bytes(os.urandom(MIB))
    command = [hubs.HEARTH, "hub", "upload", REPO, file]
    with Ballast(hub.folder) as ballast:
        free = os.statvfs(hub.folder)
        ballast.add_bytes(free.f_bavail * free.f_frsize - 32 * MIB)
        done = subprocess.run(command, cwd=hub.folder, check=False, capture_output=True,
                              text=True)
        check(done.returncode == 1 and "no room" in done.stderr,
              "a small file is not put where 32 MiB are left", done.stderr)
        nothing_half(hub, before, "after it")
    done = subprocess.run(command, cwd=hub.folder, check=False, capture_output=True, text=True)
    check(done.returncode == 0, "with room it is", done.stderr)


def main():
    enter_namespace()
    with tempfile.TemporaryDirectory() as top:
        folder, work = f"{top}/hub", f"{top}/work"
        os.mkdir(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "none", folder], check=True)
        try:
            with hubs.Hub(folder) as hub:
                hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
                git(top, "clone", "-q", hub.remote("model"), work)
                bytes_run_out_in_an_upload(hub)
                no_file_can_be_made(hub, work)
                a_push_unpacks_to_too_much(hub, work)
                gc_without_room(hub)
                upload_by_hand(hub, top)
        finally:
            subprocess.run(["umount", folder], check=True)
    points.end()


if __name__ == "__main__":
    main()
