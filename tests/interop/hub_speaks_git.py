#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_speaks_git.py HEARTH

git and git-lfs from Debian clone from the hub and push to it; what must not be pushed is
refused with words, and nothing of it is left. Prints TAP.
"""
import base64
import os
import pathlib
import socket
import subprocess
import tempfile

import hub as hubs
import points
from points import check

CARD = "---\nlicense: mit\n---\n# A model\n"
MIB, VERSIONS, RACERS = 1 << 20, 16, 3


class Work:
    """A working folder with git in a home of its own."""

    def __init__(self, home, url=None, name="work"):
        self.env = {**os.environ, "HOME": home, "GIT_CONFIG_NOSYSTEM": "1",
                    "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_NAME": "Ada",
                    "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
                    "GIT_COMMITTER_EMAIL": "ada@example.org"}
        self.path = pathlib.Path(home, name)
        self.said = ""
        if url:
            self.cloned = self.run("clone", url, str(self.path), cwd=home)

    def run(self, *words, cwd=None):
        done = subprocess.run(["git", *words], cwd=cwd or self.path, env=self.env, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=120)
        self.said = done.stdout
        return done.returncode == 0

    def commit(self, message="change"):
        assert self.run("add", "-A") and self.run("commit", "-qm", message), self.said

    def refused(self, hub_url, words, *refs):
        """A push that fails and says why; the working folder goes back to what was pushed."""
        is_good = not self.run("push", hub_url, *refs) and words in self.said
        said = self.said
        assert self.run("fetch", hub_url, "main") and self.run("reset", "-q", "--hard",
                                                               "FETCH_HEAD")
        return is_good, said


def pushes(hub, work):
    assert work.run("lfs", "install") and work.run("lfs", "track", "*.bin"), work.said
    content = os.urandom(3 << 20)
    (work.path / "README.md").write_text(CARD)
    (work.path / "weights.bin").write_bytes(content)
    work.commit()
    check(not work.run("push", hub.url + "/ada/model", "HEAD:main"),
          "nobody pushes without a token", work.said)
    check(not work.run("push", hub.remote("model", token="hf_" + "x" * 40), "HEAD:main"),
          "nor with one that is none", work.said)
    check(work.run("push", hub.remote("model"), "HEAD:main"), "a push with its LFS object",
          work.said)
    headers, body = hub.call("/ada/model/resolve/main/weights.bin")
    check(body == content and headers["X-Linked-Size"] == str(len(content)),
          "what was pushed is what the protocol serves")
    other = Work(work.env["HOME"], hub.url + "/ada/model", "other")
    check(other.cloned and (other.path / "weights.bin").read_bytes() == content,
          "a clone brings it back", other.said)
    shallow = Work(work.env["HOME"])
    check(shallow.run("clone", "--depth", "1", "--filter=blob:none", hub.url + "/ada/model.git",
                      "shallow", cwd=work.env["HOME"]), "a shallow one without blobs, too",
          shallow.said)


def refusals(hub, work):
    url = hub.remote("model")
    before = files_of(hub)
    (work.path / "link").symlink_to("/etc/passwd")
    work.commit()
    check(*reorder(work.refused(url, "link: links, submodules", "HEAD:main"),
                   "a symbolic link is refused"))
    (work.path / "large.txt").write_bytes(b"x" * (11 << 20))
    work.commit()
    check(*reorder(work.refused(url, "belong into LFS", "HEAD:main"),
                   "a large file outside LFS is refused"))
    (work.path / "lost.bin").write_bytes(b"never sent")
    work.commit()
    check(*reorder(work.refused(url, "git lfs push --all", "--no-verify", "HEAD:main"),
                   "a pointer without its object is refused"))
    (work.path / "README.md").write_text("---\nlicense: [mit\n---\n")
    work.commit()
    check(*reorder(work.refused(url, "README.md", "HEAD:main"), "a broken card is refused"))
    check(*reorder(work.refused(url, "only branches and tags", "HEAD:refs/pull/1/head"),
                   "other refs are refused"))
    check(*reorder(work.refused(url, "cannot be deleted", ":main"), "main stays"))
    assert work.run("push", url, "HEAD:refs/tags/v1"), work.said
    (work.path / "note.txt").write_text("more\n")
    work.commit()
    check(*reorder(work.refused(url, "a tag stays", "--force", "HEAD:refs/tags/v1"),
                   "a tag stays"))
    left = {path for path in files_of(hub) - before if "refs/tags" not in path}
    check(not left, "nothing of it is left", "\n".join(sorted(left)))


def reorder(result, name):
    return result[0], name, result[1]


def files_of(hub):
    """Every file of the repository; locks and logs of git would be among them."""
    root = pathlib.Path(hub.folder, "hub/ada/model.git")
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def broken_push(hub):
    """Half a body, then nothing: as if it had never begun."""
    before = files_of(hub)
    host, port = hub.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as peer:
        basic = base64.b64encode(f"ada:{hub.token}".encode()).decode()
        peer.sendall(f"POST /ada/model/git-receive-pack HTTP/1.1\r\nHost: {host}\r\n"
                     f"Authorization: Basic {basic}\r\nContent-Length: 1000000\r\n"
                     "Content-Type: application/x-git-receive-pack-request\r\n\r\n".encode())
        peer.sendall(b"x" * 500000)
    hub.call("/healthz")
    check(files_of(hub) == before, "a push that breaks off leaves nothing")


def full_namespace(hub, work):
    """A quota covers what git keeps: no push takes more than is left of it."""
    def quota(size):
        subprocess.run([hubs.HEARTH, "hub", "org", "quota", "ada", size], cwd=hub.folder,
                       check=True, stdout=subprocess.DEVNULL)

    url, before = hub.remote("model"), files_of(hub)
    for size, words in (("10", "quota would be exceeded"), ("50M", "")):
        quota(size)
        (work.path / "notes").write_bytes(os.urandom(200000))
        work.commit()
        is_pushed = work.run("push", url, "HEAD:refs/heads/more")
        check(is_pushed != bool(words) and words in work.said,
              f"a push into a namespace of {size}", work.said)
        check(is_pushed or files_of(hub) == before, "leaves nothing when it is refused")
    push_that_unpacks(hub, work, quota)
    pushes_at_once(hub, work, quota)
    quota("0")


def push_that_unpacks(hub, work, quota):
    """Versions that differ by a byte: small as they are sent, but each is kept as a whole."""
    content = bytearray(os.urandom(MIB))
    for i in range(VERSIONS):
        content[i] ^= 1
        (work.path / "grows").write_bytes(content)
        work.commit()
    before = files_of(hub)
    quota(f"{VERSIONS // 2}M")
    is_pushed = work.run("push", hub.remote("model"), "HEAD:refs/heads/grown")
    check(not is_pushed and "quota would be exceeded: this push takes" in work.said and
          files_of(hub) == before, "no push passes the quota by what it unpacks to", work.said)
    quota(f"{VERSIONS * 2}M")
    check(work.run("push", hub.remote("model"), "HEAD:refs/heads/grown"),
          "where there is room for it it is taken", work.said)


def pushes_at_once(hub, work, quota):
    """There is room for any one of them: each is small as it comes, and none as it is kept."""
    names = [f"racer{n}" for n in range(RACERS)]
    for name in names:
        content = bytearray(os.urandom(MIB))
        assert work.run("checkout", "-q", "-B", name, "origin/main"), work.said
        for i in range(VERSIONS):
            content[i] ^= 1
            (work.path / name).write_bytes(content)
            work.commit()
    quota(f"{VERSIONS * 5 // 2}M")
    children = [subprocess.Popen(["git", "push", "-q", hub.remote("model"), name],
                                 cwd=work.path, env=work.env, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True) for name in names]
    said = [child.communicate(timeout=120)[0] for child in children]
    refused = [text for text in said if "quota would be exceeded: this push takes" in text]
    passed = sum(child.returncode == 0 for child in children)
    check(passed == 1 and len(refused) == RACERS - 1,
          f"of {RACERS} pushes at once as many pass as there is room for", (passed, said))


def private(hub, home):
    hub.call("/api/repos/create", {"name": "secret", "organization": "ada",
                                   "visibility": "private"})
    hidden, absent = (Work(home, f"{hub.url}/ada/{name}", name) for name in ("secret", "none"))
    check(not hidden.cloned and not absent.cloned and
          hidden.said.replace("secret", "none") == absent.said,
          "a private repository looks like none at all", hidden.said)
    check(Work(home, hub.remote("secret"), "mine").cloned, "and its owner clones it")


def main():
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        with hubs.Hub(folder) as hub:
            hub.call("/api/repos/create", {"name": "model", "organization": "ada"})
            work = Work(home, hub.url + "/ada/model")
            check(work.cloned, "anybody clones", work.said)
            pushes(hub, work)
            refusals(hub, work)
            broken_push(hub)
            full_namespace(hub, work)
            private(hub, home)
    points.end()


if __name__ == "__main__":
    main()
