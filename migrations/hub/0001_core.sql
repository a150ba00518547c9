-- SPDX-License-Identifier: Apache-2.0
-- The first schema of hub.db, which `hearth serve` alone writes.

CREATE TABLE schema_volatile (
    table_name  TEXT NOT NULL,  -- a table of this database
    column_name TEXT NOT NULL,  -- one of its columns, or '*' for the whole table
    reason      TEXT NOT NULL,  -- why it may differ between two equal histories
    PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE download (         -- how often a released file was taken, by day
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    revision  TEXT NOT NULL,     -- full commit that was served
    path      TEXT NOT NULL,
    day       INTEGER NOT NULL,  -- days since 1970-01-01 UTC
    count     INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (namespace, name, revision, path, day)
) STRICT, WITHOUT ROWID;
