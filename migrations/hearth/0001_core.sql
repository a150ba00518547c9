-- SPDX-License-Identifier: Apache-2.0
-- The first schema of hearth.db: what a forge told us, what people said, what we decided.
--
-- Keys are natural (the forge's numbers, digests, our action keys), so that the same history
-- gives the same rows whatever was interrupted. Times are unix seconds UTC, 0 = none.
-- `schema_volatile` names what depends on when and how often we ran; `db dump --canonical`
-- leaves it out. Our own comments and events are not stored as entries and events: the ledger
-- (`action`) and `own_comment` are the record of what we did.

CREATE TABLE schema_volatile (
    table_name  TEXT NOT NULL,  -- a table of this database
    column_name TEXT NOT NULL,  -- one of its columns, or '*' for the whole table
    reason      TEXT NOT NULL,  -- why it may differ between two equal histories
    PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE instance (
    key   TEXT PRIMARY KEY NOT NULL,  -- 'init_at': when `hearth init` made this instance
    value TEXT NOT NULL               -- as text
) STRICT, WITHOUT ROWID;

CREATE TABLE repository (
    id                INTEGER PRIMARY KEY,  -- the forge's id, stable over renames
    owner             TEXT NOT NULL,        -- as the forge spells it now
    name              TEXT NOT NULL,        -- as the forge spells it now
    default_branch    TEXT NOT NULL,        -- policy is read from here only
    is_archived       INTEGER NOT NULL CHECK (is_archived IN (0, 1)),  -- 1: nothing is written
    self_id           INTEGER NOT NULL,     -- account id that our token belongs to
    self_login        TEXT NOT NULL,        -- its login
    first_seen_at     INTEGER NOT NULL,     -- our clock
    is_adopted        INTEGER NOT NULL CHECK (is_adopted IN (0, 1)),  -- 1: own traces taken in
    writes_allowed_at INTEGER NOT NULL      -- when the first plan was approved; 0: not yet
) STRICT;

CREATE TABLE person (
    id     INTEGER PRIMARY KEY,  -- the forge's account id
    login  TEXT NOT NULL,        -- as last seen
    is_bot INTEGER NOT NULL CHECK (is_bot IN (0, 1))  -- 1: left out of every figure
) STRICT;
CREATE INDEX person_login ON person (login);

CREATE TABLE thread (
    repo_id      INTEGER NOT NULL REFERENCES repository (id),
    number       INTEGER NOT NULL CHECK (number > 0),  -- issues and PRs share the numbers
    kind         TEXT NOT NULL CHECK (kind IN ('issue', 'pull')),
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,                        -- '' when empty or erased
    author_id    INTEGER REFERENCES person (id),       -- NULL: the account is gone
    state        TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    state_reason TEXT NOT NULL,                        -- the forge's word, '' when none
    is_locked    INTEGER NOT NULL CHECK (is_locked IN (0, 1)),
    is_draft     INTEGER NOT NULL CHECK (is_draft IN (0, 1)),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,                     -- moves with our own writes too
    closed_at    INTEGER NOT NULL,
    merged_at    INTEGER NOT NULL,                     -- PRs only
    n_comments   INTEGER NOT NULL CHECK (n_comments >= 0),  -- the forge's count, with ours
    is_gone      INTEGER NOT NULL CHECK (is_gone IN (0, 1)),  -- 1: deleted or moved away
    PRIMARY KEY (repo_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_open ON thread (repo_id, number) WHERE state = 'open' AND is_gone = 0;

CREATE TABLE thread_label (
    repo_id INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (repo_id, number, name),
    FOREIGN KEY (repo_id, number) REFERENCES thread (repo_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_label_name ON thread_label (repo_id, name);

CREATE TABLE pull (                     -- details, read only for PRs that a rule names
    repo_id      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    head_sha     TEXT NOT NULL,         -- as last read
    head_seen_at INTEGER NOT NULL,      -- our clock: when this head was first seen
    base_ref     TEXT NOT NULL,
    merge_sha    TEXT NOT NULL,         -- '' until merged
    PRIMARY KEY (repo_id, number),
    FOREIGN KEY (repo_id, number) REFERENCES thread (repo_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (                    -- what people wrote in threads
    repo_id      INTEGER NOT NULL REFERENCES repository (id),
    kind         TEXT NOT NULL CHECK (kind IN ('comment', 'review', 'review_comment')),
    id           INTEGER NOT NULL,      -- the forge's id, unique within its kind
    number       INTEGER NOT NULL,      -- thread; may be known before the thread is
    author_id    INTEGER REFERENCES person (id),
    body         TEXT NOT NULL,         -- '' when empty or erased
    review_state TEXT NOT NULL,         -- approved, changes_requested, commented, dismissed
    path         TEXT NOT NULL,         -- review comments: the file
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    is_deleted   INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),  -- 1: text erased, row kept
    PRIMARY KEY (repo_id, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_thread ON entry (repo_id, number, created_at);

CREATE TABLE own_comment (              -- our sticky comments, found by marker and author
    repo_id    INTEGER NOT NULL REFERENCES repository (id),
    id         INTEGER NOT NULL,        -- the forge's comment id
    number     INTEGER NOT NULL,        -- thread
    rule       TEXT NOT NULL,           -- from the marker, '' when there is none
    body       TEXT NOT NULL,           -- as the forge holds it, marker included
    is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),
    PRIMARY KEY (repo_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_comment_thread ON own_comment (repo_id, number, rule);

CREATE TABLE event (                    -- what people did: labels, closings, merges
    repo_id    INTEGER NOT NULL REFERENCES repository (id),
    id         INTEGER NOT NULL,        -- the forge's id
    number     INTEGER NOT NULL,
    kind       TEXT NOT NULL,           -- the forge's word: labeled, closed, merged, ...
    actor_id   INTEGER REFERENCES person (id),
    label      TEXT NOT NULL,           -- labeled, unlabeled: its name
    commit_sha TEXT NOT NULL,           -- where the forge names one
    created_at INTEGER NOT NULL,
    PRIMARY KEY (repo_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_thread ON event (repo_id, number, id);

CREATE TABLE sync_list (                -- where each repository-wide list stands
    repo_id   INTEGER NOT NULL REFERENCES repository (id),
    list      TEXT NOT NULL CHECK (list IN ('issues', 'comments', 'review_comments', 'events',
                                            'releases')),
    phase     TEXT NOT NULL CHECK (phase IN ('walk', 'poll')),  -- first reading, following
    since_at  INTEGER NOT NULL,         -- poll: the newest updated_at seen
    newest_id INTEGER NOT NULL,         -- events: the newest id of the last finished reading
    target_id INTEGER NOT NULL,         -- events: the newest id when this reading began
    next_url  TEXT NOT NULL,            -- path and query of the page to read next, '' at rest
    gap       TEXT NOT NULL,            -- what could not be read, stated in reports
    PRIMARY KEY (repo_id, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE http_cache (               -- validators for conditional requests
    token_id      TEXT NOT NULL,        -- digest of the token's identity
    url           TEXT NOT NULL,        -- path and query
    accept        TEXT NOT NULL,
    etag          TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    used_at       INTEGER NOT NULL,     -- our clock
    PRIMARY KEY (token_id, url, accept)
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (                 -- what a person told us
    repo_id     INTEGER NOT NULL REFERENCES repository (id),
    id          TEXT NOT NULL,          -- 'thread-12', 'comment-345', 'review-6', 'manual-1'
    number      INTEGER NOT NULL,       -- thread, 0 for none
    kind        TEXT NOT NULL CHECK (kind IN ('bug', 'request', 'question', 'docs', 'data',
                                              'model_error', 'praise', 'conduct', 'other')),
    topic       TEXT NOT NULL,          -- '' or a short word: a digit, a component
    state       TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'deleted')),
    rule        TEXT NOT NULL,          -- which explicit rule or person decided the kind
    author_id   INTEGER REFERENCES person (id),
    title       TEXT NOT NULL,
    body        TEXT NOT NULL,          -- '' once deleted
    created_at  INTEGER NOT NULL,
    resolved_at INTEGER NOT NULL,
    PRIMARY KEY (repo_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_kind ON feedback (repo_id, kind, created_at);

CREATE TABLE feedback_link (
    repo_id     INTEGER NOT NULL,
    feedback_id TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('thread', 'fixes', 'commit', 'sample', 'run',
                                              'release')),
    target      TEXT NOT NULL,          -- a thread number, commit, digest, run id or version
    PRIMARY KEY (repo_id, feedback_id, kind, target),
    FOREIGN KEY (repo_id, feedback_id) REFERENCES feedback (repo_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_link_target ON feedback_link (repo_id, kind, target);

CREATE TABLE approval (                 -- someone asked for a run of exactly this commit
    repo_id    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    commit_sha TEXT NOT NULL,
    event_id   INTEGER NOT NULL,        -- the labeled event
    actor      TEXT NOT NULL,           -- login of who asked
    role       TEXT NOT NULL,           -- role when we checked
    state      TEXT NOT NULL CHECK (state IN ('granted', 'used', 'refused')),
    reason     TEXT NOT NULL,           -- refused: why
    checked_at INTEGER NOT NULL,        -- our clock
    PRIMARY KEY (repo_id, number, commit_sha, event_id),
    FOREIGN KEY (repo_id, number) REFERENCES thread (repo_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE contribution (             -- the labelled samples in one PR at one commit
    repo_id    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    commit_sha TEXT NOT NULL,
    author     TEXT NOT NULL,           -- login of the PR's author
    licence    TEXT NOT NULL,           -- SPDX id that it states, '' when none
    digest     TEXT NOT NULL,           -- sha256 over the accepted samples in order
    n_accepted INTEGER NOT NULL,
    n_refused  INTEGER NOT NULL,
    fault      TEXT NOT NULL,           -- why all of it is refused, '' when it is not
    PRIMARY KEY (repo_id, number, commit_sha),
    FOREIGN KEY (repo_id, number) REFERENCES thread (repo_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
    repo_id    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    commit_sha TEXT NOT NULL,
    path       TEXT NOT NULL,           -- file in the PR
    row        INTEGER NOT NULL,        -- 1-based line of a CSV, 0 for a picture
    digest     TEXT NOT NULL,           -- sha256 of the pixels, '' when unreadable
    label      INTEGER NOT NULL,        -- 0..9, -1 when unreadable
    state      TEXT NOT NULL CHECK (state IN ('accepted', 'refused')),
    reason     TEXT NOT NULL,           -- refused: why
    pixels     BLOB NOT NULL,           -- 64 or 784 bytes; empty when refused
    PRIMARY KEY (repo_id, number, commit_sha, path, row),
    FOREIGN KEY (repo_id, number, commit_sha)
        REFERENCES contribution (repo_id, number, commit_sha)
) STRICT, WITHOUT ROWID;
CREATE INDEX sample_digest ON sample (digest);

CREATE TABLE run (                      -- one training of one candidate, and the gate's answer
    repo_id          INTEGER NOT NULL REFERENCES repository (id),
    id               TEXT NOT NULL,     -- 16 hex digits of the sha256 of all that went in
    number           INTEGER NOT NULL,  -- the PR that asked
    commit_sha       TEXT NOT NULL,
    cause            TEXT NOT NULL CHECK (cause IN ('label', 'command', 'release')),
    arch             TEXT NOT NULL,
    seed             INTEGER NOT NULL,
    data_digest      TEXT NOT NULL,     -- sha256 of the training set, in order
    n_train          INTEGER NOT NULL,
    champion_sha256  TEXT NOT NULL,
    candidate_sha256 TEXT NOT NULL,     -- '' when no candidate was trained
    verdict          TEXT NOT NULL CHECK (verdict IN ('accepted', 'refused')),
    reasons          TEXT NOT NULL,     -- JSON: the gate's rows
    metrics          TEXT NOT NULL,     -- JSON: champion and candidate on the hold-out
    ended_at         INTEGER NOT NULL,  -- our clock
    PRIMARY KEY (repo_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_pull ON run (repo_id, number, commit_sha);

CREATE TABLE run_contribution (         -- whose data a run trained on
    repo_id    INTEGER NOT NULL,
    run_id     TEXT NOT NULL,
    number     INTEGER NOT NULL,
    commit_sha TEXT NOT NULL,
    PRIMARY KEY (repo_id, run_id, number, commit_sha),
    FOREIGN KEY (repo_id, run_id) REFERENCES run (repo_id, id),
    FOREIGN KEY (repo_id, number, commit_sha)
        REFERENCES contribution (repo_id, number, commit_sha)
) STRICT, WITHOUT ROWID;

CREATE TABLE release (
    repo_id      INTEGER NOT NULL REFERENCES repository (id),
    version      TEXT NOT NULL,         -- '1.1.0'
    run_id       TEXT NOT NULL,         -- the run whose candidate it carries
    model_sha256 TEXT NOT NULL,
    target_sha   TEXT NOT NULL,         -- commit of the default branch that the tag names
    dated_at     INTEGER NOT NULL,      -- merge time of its newest contribution
    state        TEXT NOT NULL CHECK (state IN ('planned', 'published')),
    forge_id     INTEGER NOT NULL,      -- the forge's release id, 0 until it exists
    hub_commit   TEXT NOT NULL,         -- commit in the hub repository, '' until it exists
    PRIMARY KEY (repo_id, version),
    FOREIGN KEY (repo_id, run_id) REFERENCES run (repo_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_file (
    repo_id  INTEGER NOT NULL,
    version  TEXT NOT NULL,
    name     TEXT NOT NULL,             -- path inside the release
    sha256   TEXT NOT NULL,
    size     INTEGER NOT NULL,          -- bytes
    asset_id INTEGER NOT NULL,          -- the forge's asset id, 0 until uploaded
    PRIMARY KEY (repo_id, version, name),
    FOREIGN KEY (repo_id, version) REFERENCES release (repo_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE action (               -- the ledger: every write to the forge, before it is made
    repo_id      INTEGER NOT NULL REFERENCES repository (id),
    key          TEXT NOT NULL,         -- '<thread>/<rule>/<commit or period>[/detail]'
    seq          INTEGER NOT NULL,      -- order of sending
    kind         TEXT NOT NULL CHECK (kind IN ('comment', 'label_add', 'label_remove', 'status',
                                               'release', 'asset')),
    number       INTEGER NOT NULL,      -- thread, 0 for none
    rule         TEXT NOT NULL,         -- the rule family: its sticky comment and its marker
    reason       TEXT NOT NULL,         -- why, in words for `hearth plan`
    body         TEXT NOT NULL,         -- JSON: what is sent, by kind
    precondition TEXT NOT NULL,         -- JSON: what must still hold when it is sent
    state        TEXT NOT NULL CHECK (state IN ('planned', 'sent', 'confirmed', 'dropped',
                                                'failed')),
    object_id    INTEGER NOT NULL,      -- the forge's id of what was written, 0 when none
    error        TEXT NOT NULL,         -- failed or dropped: why
    attempts     INTEGER NOT NULL,
    planned_at   INTEGER NOT NULL,      -- our clock
    sent_at      INTEGER NOT NULL,      -- our clock
    confirmed_at INTEGER NOT NULL,      -- our clock
    PRIMARY KEY (repo_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_state ON action (repo_id, state, seq);

CREATE TABLE cycle (
    id         INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,        -- our clock
    ended_at   INTEGER NOT NULL,        -- 0: it was interrupted
    exit_code  INTEGER NOT NULL,        -- -1 until it ended
    summary    TEXT NOT NULL            -- JSON: requests, rows, actions, what is left and why
) STRICT;

CREATE TABLE budget (                   -- what was spent, over cycles
    name      TEXT PRIMARY KEY NOT NULL,  -- 'content_minute', 'content_hour', 'primary'
    window_at INTEGER NOT NULL,           -- our clock: when the window began
    used      INTEGER NOT NULL,
    remaining INTEGER NOT NULL            -- what the forge said is left, -1 unknown
) STRICT, WITHOUT ROWID;

INSERT INTO schema_volatile (table_name, column_name, reason) VALUES
    ('cycle', '*', 'one row per cycle, however many there were'),
    ('budget', '*', 'counts requests of our own'),
    ('http_cache', '*', 'validators depend on when we asked'),
    ('instance', '*', 'our own clock'),
    ('repository', 'first_seen_at', 'our own clock'),
    ('repository', 'writes_allowed_at', 'our own clock'),
    ('thread', 'updated_at', 'moves when we write'),
    ('pull', 'head_seen_at', 'our own clock'),
    ('sync_list', 'since_at', 'moves when we write'),
    ('sync_list', 'newest_id', 'counts our own events too'),
    ('sync_list', 'target_id', 'counts our own events too'),
    ('approval', 'checked_at', 'our own clock'),
    ('run', 'ended_at', 'our own clock'),
    ('action', 'attempts', 'counts interrupted tries'),
    ('action', 'planned_at', 'our own clock'),
    ('action', 'sent_at', 'our own clock'),
    ('action', 'confirmed_at', 'our own clock');
