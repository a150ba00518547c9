#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: dialects.py HEARTH-SIM

The same story told by two kinds of forge leaves the same database and the same effects, apart
from what one of them cannot say: CANNOT_SAY, and nothing else. Prints TAP.

Gitea has no role between read and write, or write and admin, so people have roles of both.
"""
import json
import os
import sys

import story
import world

SIM = os.path.abspath(sys.argv[1])
BOTH_ROLES = [("maintainer-2", "role", {"login": "maintainer-1", "role": "write"}),
              ("maintainer-2", "role", {"login": "triager-3", "role": "write"})]

# What Gitea's rows lack: (table, the rows or the columns, why). A function says which rows.
CANNOT_SAY = [
    ("thread", "state_reason", "an issue is closed without a reason"),
    ("event", "commit_sha", "a forced push names commits in a text only"),
    ("event", lambda row: row["kind"] == "'closed'", "a merge has no moment of closing"),
    ("sync_list", lambda row: row["list"] == "'review_comments'",
     "they are read review by review, there is no list of the repository's"),
]


def tell(dialect):
    """(rows, effects) of the story in a dialect, as text and value."""
    chapters = [BOTH_ROLES + story.CHAPTERS[0], *story.CHAPTERS[1:]]
    database, effects = story.live(SIM, dialect, lambda w, number: None, chapters)
    return [json.loads(line) for line in database.splitlines()], json.loads(effects)


def sayable(rows):
    """The rows without what a dialect cannot say, as sorted text."""
    kept = []
    for table, row in rows:
        said = [what for name, what, _ in CANNOT_SAY if name == table]
        if any(callable(what) and what(row) for what in said):
            continue
        kept.append(json.dumps([table, {k: v for k, v in row.items() if k not in said}],
                               sort_keys=True))
    return "\n".join(sorted(kept))


GITHUB, GITEA = tell("github"), tell("gitea")


def what_was_done_to_the_forge_is_the_same():
    assert GITHUB[1]["comments"] and GITHUB[1]["releases"], GITHUB[1]
    world.assert_same(json.dumps(GITEA[1], indent=0), json.dumps(GITHUB[1], indent=0),
                      "the forge")


def what_was_understood_is_the_same():
    world.assert_same(sayable(GITEA[0]), sayable(GITHUB[0]), "the database")


def each_difference_that_is_left_out_is_there():
    """A line of the table that nothing needs any more has to go."""
    for table, what, why in CANNOT_SAY:
        def told(rows):
            mine = [row for name, row in rows if name == table]
            if callable(what):
                return sorted(json.dumps(row, sort_keys=True) for row in mine if what(row))
            return sorted(row[what] for row in mine)
        assert told(GITHUB[0]) != told(GITEA[0]), f"{table}: not needed: {why}"


world.run_tests([what_was_done_to_the_forge_is_the_same, what_was_understood_is_the_same,
                 each_difference_that_is_left_out_is_there])
