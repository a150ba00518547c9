#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lint/migrations_can_fail.sh ROOT
set -eu
check=$1/tools/check_migrations.sh
# shellcheck source=tests/lint/tree.sh
. "$1/tests/lint/tree.sh"

git_here() {
    git -C "$tree" -c user.name=a -c user.email=a@example.org "$@" >/dev/null
}

put migrations/hearth/0001_first.sql <<'SQL'
CREATE TABLE t (
    a INTEGER -- one; two
) STRICT;
CREATE TRIGGER g AFTER INSERT ON t BEGIN
    DELETE FROM t;
END;
SQL
put migrations/hub/0001_first.sql <<'SQL'
CREATE VIRTUAL TABLE v USING fts5(a);
SQL
passes 'two databases with one migration each'

refuses 'a gap' '0003_x.sql: its name must begin with 0002_' \
    migrations/hub/0003_x.sql </dev/null
refuses 'a number twice' '0001_x.sql: its name must' migrations/hub/0001_x.sql </dev/null
refuses 'no name' '0002_.sql: its name must' migrations/hub/0002_.sql </dev/null
refuses 'a bad name' 'a name of other than' migrations/hub/0002_X-y.sql </dev/null
refuses 'a transaction' 'one transaction already' migrations/hub/0002_x.sql <<'SQL'
BEGIN IMMEDIATE;
SQL
refuses 'a pragma' 'no pragma' migrations/hub/0002_x.sql <<'SQL'
PRAGMA foreign_keys = OFF;
SQL
refuses 'a loose table' 'the table of line 1 is not STRICT' migrations/hub/0002_x.sql <<'SQL'
CREATE TABLE u (
    a INTEGER
);
SQL

git_here init -q
git_here add .
git_here commit -qm first
git_here tag v0.1.0
passes 'a released tree'
refuses 'a released file changed' 'released migrations never change' \
    migrations/hub/0001_first.sql <<'SQL'
CREATE VIRTUAL TABLE v USING fts5(b);
SQL
put migrations/hub/0002_more.sql <<'SQL'
CREATE TABLE u (a INTEGER) STRICT;
SQL
git_here add .
passes 'a migration added after a release'
git_here mv migrations/hub/0001_first.sql migrations/hub/0001_second.sql
if "$check" "$tree" >/dev/null 2>&1; then note 'a released file may be renamed'; fi

rm -r "$tree/migrations"
if "$check" "$tree" >/dev/null 2>&1; then note 'no migrations at all pass'; fi
finish
