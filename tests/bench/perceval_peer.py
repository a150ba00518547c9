# SPDX-License-Identifier: Apache-2.0
"""The peer of the reading benchmark: Perceval's GitHub backend reads issues and pull requests.

usage: .cache/perceval/bin/python tests/bench/perceval_peer.py SERVER OWNER NAME TOKEN

SERVER is the address above /api/v3. Answers {"threads": n, "seconds": s} as JSON.
"""
import json
import sys
import time

from perceval.backends.core.github import GitHub


def main():
    server, owner, name, token = sys.argv[1:5]
    start = time.monotonic()
    read = {}
    for category in ("issue", "pull_request"):
        reader = GitHub(owner=owner, repository=name, api_token=[token], base_url=server)
        read[category] = sum(1 for _ in reader.fetch(category=category))
    print(json.dumps({"threads": read["issue"], "pulls": read["pull_request"],
                      "seconds": time.monotonic() - start}))


if __name__ == "__main__":
    main()
