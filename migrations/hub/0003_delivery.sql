-- SPDX-License-Identifier: Apache-2.0
-- Deliveries of the forge's webhooks that were taken: one sent twice wakes nobody twice.

CREATE TABLE delivery (
    id          TEXT PRIMARY KEY NOT NULL,  -- the forge's name of it, a UUID
    received_at INTEGER NOT NULL            -- our clock; forgotten after some days
) STRICT, WITHOUT ROWID;

INSERT INTO schema_volatile (table_name, column_name, reason) VALUES
    ('delivery', '*', 'what the forge sent, and when');
