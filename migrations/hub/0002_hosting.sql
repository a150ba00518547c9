-- SPDX-License-Identifier: Apache-2.0
-- Who may do what on the hub, and what is hosted. `hearth serve` writes it, and so do the
-- commands `hearth hub` and `hearth token`: short transactions, one writer at a time.
-- The files themselves lie in git repositories and in a store of blobs. Those are the truth
-- about content, also about which repository may refer to which blob; a repository on disk
-- without a row here is a public one of the loop's.

CREATE TABLE namespace (         -- a person or an organisation that repositories belong to
    name        TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('user', 'org')),
    quota_bytes INTEGER NOT NULL DEFAULT 0 CHECK (quota_bytes >= 0), -- 0: the default
    created_at  INTEGER NOT NULL -- unix seconds
) STRICT, WITHOUT ROWID;

CREATE TABLE member (            -- of an organisation
    org    TEXT NOT NULL COLLATE NOCASE REFERENCES namespace(name) ON DELETE CASCADE,
    person TEXT NOT NULL COLLATE NOCASE REFERENCES namespace(name) ON DELETE CASCADE,
    role   TEXT NOT NULL CHECK (role IN ('read', 'write', 'admin')),
    PRIMARY KEY (org, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_person ON member (person);

CREATE TABLE access_token (      -- never the token itself
    id         INTEGER PRIMARY KEY,
    digest     TEXT NOT NULL UNIQUE,   -- SHA-256 of the token, hex
    person     TEXT NOT NULL COLLATE NOCASE REFERENCES namespace(name) ON DELETE CASCADE,
    label      TEXT NOT NULL,          -- what its owner calls it
    scope      TEXT NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
    only_in    TEXT NOT NULL DEFAULT '', -- a namespace or namespace/name it is good for; '' all
    created_at INTEGER NOT NULL,       -- unix seconds
    expires_at INTEGER NOT NULL DEFAULT 0, -- 0: never
    revoked_at INTEGER NOT NULL DEFAULT 0  -- 0: it is good
) STRICT;
CREATE INDEX access_token_by_person ON access_token (person);

CREATE TABLE hosted_repo (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('model', 'dataset')),
    namespace  TEXT NOT NULL COLLATE NOCASE,
    name       TEXT NOT NULL COLLATE NOCASE,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
    gated      TEXT NOT NULL DEFAULT '' CHECK (gated IN ('', 'auto', 'manual')),
    blob_bytes INTEGER NOT NULL DEFAULT 0, -- of the stored blobs it refers to
    created_at INTEGER NOT NULL,           -- unix seconds
    UNIQUE (kind, namespace, name)
) STRICT;

CREATE TABLE moved_repo (        -- where a repository was before
    kind      TEXT NOT NULL,
    namespace TEXT NOT NULL COLLATE NOCASE,
    name      TEXT NOT NULL COLLATE NOCASE,
    repo_id   INTEGER NOT NULL REFERENCES hosted_repo(id) ON DELETE CASCADE,
    PRIMARY KEY (kind, namespace, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX moved_repo_by_repo ON moved_repo (repo_id);

CREATE TABLE gate_entry (        -- who asked to pass a repository's gate
    repo_id  INTEGER NOT NULL REFERENCES hosted_repo(id) ON DELETE CASCADE,
    person   TEXT NOT NULL COLLATE NOCASE REFERENCES namespace(name) ON DELETE CASCADE,
    state    TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'refused')),
    asked_at INTEGER NOT NULL,    -- unix seconds
    PRIMARY KEY (repo_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX gate_entry_by_person ON gate_entry (person);

CREATE TABLE hub_key (           -- keys of this instance, hex; signs upload addresses
    purpose TEXT NOT NULL PRIMARY KEY,
    hex     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
