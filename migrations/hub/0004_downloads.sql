-- SPDX-License-Identifier: Apache-2.0
-- How often what is hosted is taken. The table `download` of 0001 was never written: it knew no
-- datasets, and a row per file is more than anybody asks for.

DROP TABLE download;

CREATE TABLE download_day (      -- takers of a repository's files; `hearth serve` writes it
    kind      TEXT NOT NULL CHECK (kind IN ('model', 'dataset')),
    namespace TEXT NOT NULL COLLATE NOCASE,
    name      TEXT NOT NULL COLLATE NOCASE,
    day       INTEGER NOT NULL CHECK (day >= 0), -- since 1970-01-01 UTC; 0: all days long gone
    count     INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (kind, namespace, name, day)
) STRICT, WITHOUT ROWID;

-- A repository takes its counts along, and one made later under its name begins at nothing.
CREATE TRIGGER hosted_repo_moved AFTER UPDATE OF namespace, name ON hosted_repo
BEGIN
    UPDATE OR REPLACE download_day SET namespace = NEW.namespace, name = NEW.name
        WHERE kind = OLD.kind AND namespace = OLD.namespace AND name = OLD.name;
END;

CREATE TRIGGER hosted_repo_removed AFTER DELETE ON hosted_repo
BEGIN
    DELETE FROM download_day
        WHERE kind = OLD.kind AND namespace = OLD.namespace AND name = OLD.name;
END;

INSERT INTO schema_volatile (table_name, column_name, reason) VALUES
    ('download_day', '*', 'who asked, and when');
