#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: practice_speaks.py HEARTH [DIALECT DESCRIPTION]

The practice forge answers as the description of the forge it pretends to be says: every request
here goes through Prism, which turns a reply that breaks the description into a 500 with the
reasons. The dialect is github and GitHub's OpenAPI unless others are named. Prints TAP.
"""
import json
import urllib.error
import urllib.request

import servers

READS = {
    "github": [
        "/user",
        "/rate_limit",
        "{repo}",
        "{repo}/issues?state=all&per_page=100&sort=created&direction=asc",
        "{repo}/issues?state=all&since=2026-01-01T00:00:00Z&sort=updated&per_page=100",
        "{repo}/issues/{issue}",
        "{repo}/issues/{issue}/comments",
        "{repo}/issues/{issue}/timeline",
        "{repo}/issues/{issue}/reactions",
        "{repo}/issues/comments?per_page=100&sort=updated&direction=asc",
        "{repo}/issues/events?per_page=100",
        "{repo}/labels",
        "{repo}/pulls/{pull}",
        "{repo}/pulls/{pull}/reviews",
        "{repo}/pulls/{pull}/files",
        "{repo}/pulls/{pull}/commits",
        "{repo}/pulls/{pull}/requested_reviewers",
        "{repo}/pulls/comments?per_page=100",
        "/users/maintainer-1",
        "/users/maintainer-1/orgs",
        "{repo}/issues/{pull}/timeline?per_page=100",
        "{repo}/collaborators/maintainer-1/permission",
        "{repo}/commits/{head}/status",
        "{repo}/commits/{head}/statuses",
        "{repo}/releases",
    ],
    "gitea": [
        "/version",
        "/settings/api",
        "/user",
        "/users/maintainer-1",
        "{repo}",
        "{repo}/collaborators",
        "{repo}/collaborators/maintainer-1/permission",
        "{repo}/issues?state=all&type=issues&sort=oldest&limit=50",
        "{repo}/issues?state=all&since=2026-01-01T00:00:00%2B02:00&sort=leastupdate&limit=50",
        "{repo}/issues/{issue}",
        "{repo}/issues/{issue}/comments",
        "{repo}/issues/{issue}/timeline",
        "{repo}/issues/{issue}/reactions",
        "{repo}/issues/{issue}/labels",
        "{repo}/issues/comments?limit=50",
        "{repo}/labels",
        "{repo}/milestones",
        "{repo}/topics",
        "{repo}/pulls?state=all&sort=oldest",
        "{repo}/pulls/{pull}",
        "{repo}/pulls/{pull}/reviews",
        "{repo}/pulls/{pull}/files",
        "{repo}/pulls/{pull}/commits",
        "{repo}/issues/{pull}/timeline?page=1&limit=50",
        "{repo}/branches",
        "{repo}/branches/main",
        "{repo}/git/commits/{head}",
        "{repo}/commits/{head}/status",
        "{repo}/commits/{head}/statuses",
        "{repo}/releases",
    ],
}


class Client:
    """Speaks to the forge through Prism, as Hearth does."""

    def __init__(self, url, token):
        self.url = url
        self.headers = {
            "Authorization": "Bearer " + token,
            "User-Agent": "hearth-interop",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self.n = 0
        self.failed = 0

    def call(self, method, path, body=None, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.url + path, data=data, method=method)
        content = {"Content-Type": "application/json"} if data else {}
        for name, value in {**self.headers, **content, **(headers or {})}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def want(self, status, method, path, body=None, headers=None):
        """One test: the status; the decoded reply comes back."""
        got, reply_headers, text = self.call(method, path, body, headers)
        self.n += 1
        print(f"{'ok' if got == status else 'not ok'} {self.n} - {method} {path} is {status}")
        reply = json.loads(text) if text else None
        if got != status:
            self.failed += 1
            self.explain(got, reply)
        return reply, reply_headers

    @staticmethod
    def explain(got, reply):
        print(f"# got {got}")
        reasons = reply.get("validation", [reply]) if isinstance(reply, dict) else [reply]
        for reason in reasons[:10]:
            print("#", json.dumps(reason))


def reads(client, dialect, places):
    for path in READS[dialect]:
        _, headers = client.want(200, "GET", path.format(**places))
        tag = headers.get("ETag")
        if tag and path != "/rate_limit":
            client.want(304, "GET", path.format(**places), headers={"If-None-Match": tag})
    client.want(404, "GET", "{repo}/issues/99999".format(**places))


def comment(client, places):
    repo, pull = places["repo"], places["pull"]
    said, _ = client.want(201, "POST", f"{repo}/issues/{pull}/comments", {"body": "Hello"})
    place = f"{repo}/issues/comments/{said['id']}"
    client.want(200, "GET", place)
    client.want(200, "PATCH", place, {"body": "Hello again"})
    client.want(204, "DELETE", place)


def release(client, places, status_of_second):
    repo = places["repo"]
    made, _ = client.want(201, "POST", f"{repo}/releases",
                          {"tag_name": "v9.9.9", "name": "A release", "body": "Words"})
    client.want(status_of_second, "POST", f"{repo}/releases", {"tag_name": "v9.9.9"})
    client.want(200, "GET", f"{repo}/releases/tags/v9.9.9")
    return f"{repo}/releases/{made['id']}/assets"


def writes_github(client, places):
    repo, pull = places["repo"], places["pull"]
    comment(client, places)
    client.want(200, "POST", f"{repo}/issues/{pull}/labels", {"labels": ["a new label"]})
    client.want(200, "DELETE", f"{repo}/issues/{pull}/labels/a%20new%20label")
    client.want(404, "DELETE", f"{repo}/issues/{pull}/labels/a%20new%20label")
    client.want(201, "POST", f"{repo}/statuses/{places['head']}",
                {"state": "success", "context": "hearth/retrain", "description": "fine"})
    client.want(200, "GET", f"{repo}/commits/{places['head']}/status")
    assets = release(client, places, 422)
    client.want(201, "POST", assets + "?name=a.bin", b"bytes",
                {"Content-Type": "application/octet-stream"})
    client.want(200, "GET", assets)


def writes_gitea(client, places):
    repo, pull, issue = places["repo"], places["pull"], places["issue"]
    comment(client, places)
    label, _ = client.want(201, "POST", f"{repo}/labels", {"name": "new", "color": "#00aabb"})
    client.want(200, "PATCH", f"{repo}/labels/{label['id']}", {"description": "words"})
    client.want(200, "POST", f"{repo}/issues/{pull}/labels", {"labels": [label["id"]]})
    client.want(204, "DELETE", f"{repo}/issues/{pull}/labels/{label['id']}")
    client.want(422, "DELETE", f"{repo}/issues/{pull}/labels/99999")
    client.want(204, "DELETE", f"{repo}/labels/{label['id']}")
    client.want(201, "POST", f"{repo}/issues/{issue}/reactions", {"content": "eyes"})
    client.want(200, "GET", f"{repo}/issues/{issue}/reactions")
    client.want(200, "DELETE", f"{repo}/issues/{issue}/reactions", {"content": "eyes"})
    client.want(201, "PATCH", f"{repo}/issues/{issue}", {"state": "closed"})
    client.want(201, "POST", f"{repo}/issues", {"title": "A thread", "body": "Words"})
    client.want(200, "POST", f"{repo}/pulls/{pull}/reviews",
                {"event": "APPROVED", "body": "Fine"})
    client.want(201, "POST", f"{repo}/statuses/{places['head']}",
                {"state": "success", "context": "hearth/retrain", "description": "fine"})
    client.want(200, "GET", f"{repo}/commits/{places['head']}/status")
    client.want(201, "POST", f"{repo}/tags", {"tag_name": "v9.9.9", "target": "main"})
    assets = release(client, places, 409)
    form = (b"--XX\r\nContent-Disposition: form-data; name=\"attachment\"; "
            b"filename=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            b"bytes\r\n--XX--\r\n")
    asset, _ = client.want(201, "POST", assets + "?name=a.bin", form,
                           {"Content-Type": "multipart/form-data; boundary=XX"})
    client.want(200, "GET", assets)
    client.want(204, "DELETE", f"{assets}/{asset['id']}")


WRITES = {"github": writes_github, "gitea": writes_gitea}


def main():
    hearth, dialect, description = servers.arguments()
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    with servers.Practice(hearth, dialect, "--public-url", url) as forge, \
            servers.Prism(port, forge.direct, description) as prism:
        client = Client(prism.url, forge.token)
        repo = "/repos/" + forge.facts["repo"]
        threads = json.loads(client.call("GET", f"{repo}/issues?state=all")[2])
        pulls = [t["number"] for t in threads if "pull_request" in t]
        issues = [t["number"] for t in threads if "pull_request" not in t]
        pull = json.loads(client.call("GET", f"{repo}/pulls/{pulls[0]}")[2])
        places = {"repo": repo, "pull": pulls[0], "issue": issues[0],
                  "head": pull["head"]["sha"] if "head" in pull else "main"}
        reads(client, dialect, places)
        WRITES[dialect](client, places)
    print(f"1..{client.n}")
    return 1 if client.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
