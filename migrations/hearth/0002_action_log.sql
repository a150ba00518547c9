-- SPDX-License-Identifier: Apache-2.0
-- Who caused what: every move of the ledger, kept for good.
--
-- The log is written by triggers, in the transaction of the move itself, so that no path
-- through the program can forget it. Who moved an action stands in it for the trigger to read.

-- Login of who asked, '' = its rule alone.
ALTER TABLE action ADD COLUMN caused_by TEXT NOT NULL DEFAULT '';
-- Who changed its text by hand, '' = nobody.
ALTER TABLE action ADD COLUMN edited_by TEXT NOT NULL DEFAULT '';
-- Who made the last move, '' = Hearth; and when it, or an edit, was made, by our clock.
ALTER TABLE action ADD COLUMN moved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE action ADD COLUMN moved_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE action_log (
    id      INTEGER PRIMARY KEY,      -- in order of time
    repo_id INTEGER NOT NULL,
    key     TEXT NOT NULL,            -- of the action; '' = all of the repository's
    number  INTEGER NOT NULL,         -- thread, 0 for none
    what    TEXT NOT NULL CHECK (what IN ('planned', 'changed', 'edited', 'sent', 'confirmed',
                                          'dropped', 'failed', 'approved')),
    who     TEXT NOT NULL,            -- '@login', 'user NAME' here, 'rule NAME' or 'hearth'
    why     TEXT NOT NULL,            -- reason or error
    at      INTEGER NOT NULL          -- our clock
) STRICT;
CREATE INDEX action_log_thread ON action_log (repo_id, number, id);

CREATE TRIGGER action_planned AFTER INSERT ON action BEGIN
    INSERT INTO action_log (repo_id, key, number, what, who, why, at)
    VALUES (NEW.repo_id, NEW.key, NEW.number, 'planned',
            CASE NEW.caused_by WHEN '' THEN 'rule ' || NEW.rule ELSE '@' || NEW.caused_by END,
            NEW.reason, NEW.planned_at);
END;

-- The words of a planned action: a rule changed its mind, or a person wrote others.
CREATE TRIGGER action_changed AFTER UPDATE OF body ON action WHEN OLD.body IS NOT NEW.body BEGIN
    INSERT INTO action_log (repo_id, key, number, what, who, why, at)
    VALUES (NEW.repo_id, NEW.key, NEW.number,
            CASE NEW.edited_by WHEN '' THEN 'changed' ELSE 'edited' END,
            CASE NEW.edited_by WHEN '' THEN 'rule ' || NEW.rule ELSE NEW.edited_by END,
            NEW.reason, NEW.moved_at);
END;

CREATE TRIGGER action_moved AFTER UPDATE OF state ON action BEGIN
    INSERT INTO action_log (repo_id, key, number, what, who, why, at)
    VALUES (NEW.repo_id, NEW.key, NEW.number, NEW.state,
            CASE NEW.moved_by WHEN '' THEN 'hearth' ELSE NEW.moved_by END,
            NEW.error, NEW.moved_at);
END;

INSERT INTO schema_volatile (table_name, column_name, reason) VALUES
    ('action_log', '*', 'one row per move, interrupted tries too'),
    ('action', 'moved_at', 'our own clock');
