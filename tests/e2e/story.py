# SPDX-License-Identifier: Apache-2.0
"""A community's story in chapters, and what two tellings of it must have in common.

Used by the end-to-end tests. What is compared leaves out what may differ without harm: our own
moments, the order of actions that do not wait for one another, and the ids that the forge gave
to what we made (LEFT_OUT).
"""
import json
import re

from world import World

DAY = 86400
IDS_PER_CHAPTER = 100_000
LEFT_OUT = {
    "action": {"object_id", "seq"},
    "own_comment": {"id"},
    "release": {"forge_id"},
    "release_file": {"asset_id"},
}

# What people do in each chapter, before it storms: (who, what, keys).
CHAPTERS = [
    [],
    [("newcomer-5", "comment", {"number": 7, "body": "My 7 is read as 1, too."}),
     ("visitor-7", "open", {"title": "Is there a model for letters?", "body": "Just asking."})],
    [("maintainer-1", "label", {"number": 4, "label": "retrain"})],
    [("maintainer-1", "merge", {"number": 2}),
     ("teacher-8", "react", {"number": 8, "content": "heart"})],
    [("contributor-5", "push", {"number": 3, "files": {"note.txt": "I will look again."}}),
     ("triager-3", "label", {"number": 13, "label": "question"})],
    [("maintainer-2", "label", {"number": 3, "label": "retrain"}),
     ("newcomer-2", "edit", {"number": 12, "body": "Sunday is over, but I have an hour."})],
    [("maintainer-2", "close", {"number": 9, "reason": "completed"}),
     ("maintainer-1", "lock", {"number": 8, "reason": "resolved"})],
    [("contributor-6", "push", {"number": 4, "files": {"note.txt": "a word"}, "force": True}),
     ("newcomer-5", "reopen", {"number": 9})],
    [("maintainer-1", "label", {"number": 4, "label": "retrain"}),
     ("contributor-4", "retitle", {"number": 10, "title": "Take 28x28 pictures"})],
    [("maintainer-2", "unlabel", {"number": 6, "label": "bug"}),
     ("teacher-8", "comment", {"number": 6, "body": "Is this mended now?"})],
]


def rows_of(dump):
    """The dump's rows as {column: text}, with the table's name, in the order of their text."""
    table, columns = None, []
    for line in dump.splitlines():
        head = re.fullmatch(r'(\w+) \((.*)\)', line)
        if head:
            table, columns = head[1], re.findall(r'"(\w+)"', head[2])
            continue
        values = [m[0] for m in re.findall(r"((x?'(?:[^']|'')*')|[^|]+|(?<=\|)(?=\||$))\|?",
                                           line)]
        if len(values) != len(columns):
            raise RuntimeError(f"{table}: {len(values)} values for {len(columns)} columns")
        yield table, {c: v for c, v in zip(columns, values)
                      if c not in LEFT_OUT.get(table, ())}


def comparable(w):
    """(database, forge): what two histories must have in common. What was done to the forge
    twice stands there twice."""
    rows = sorted(json.dumps(row, sort_keys=True) for row in rows_of(w.dump()))
    return "\n".join(rows), json.dumps(w.control("effects"), indent=0, sort_keys=True)


def live(sim, dialect, weather, chapters=None):
    """One story; weather(w, number) is what happens before the calm. Returns its end."""
    with World(sim, dialect=dialect) as w:
        for number, moves in enumerate(chapters or CHAPTERS):
            w.clock.advance_to(number * DAY)
            w.control("ids", {"next": (number + 1) * IDS_PER_CHAPTER})
            for who, what, keys in moves:
                w.do(who, what, **keys)
            weather(w, number)
            w.faults()
            w.settle(12, pause=2 * 3600)
        return comparable(w)
