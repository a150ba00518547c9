#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/check_migrations.sh [ROOT]
# Fails when migrations/DATABASE/NNNN_name.sql are not numbered 0001, 0002, .. without a gap,
# when one opens or ends a transaction itself or makes a table that is not STRICT, and when a
# file that the last version tag holds was changed or removed since.
set -eu
cd "${1:-.}"
failed=0

complain() {
    echo "$1"
    failed=1
}

check_numbers() {
    next=1
    for file in "$1"/*; do
        want=$(printf '%04d' "$next")
        case ${file##*/} in
        "$want"_*[!a-z0-9_]*.sql) complain "$file: a name of other than a-z, 0-9 and _" ;;
        "$want"_?*.sql) ;;
        *) complain "$file: its name must begin with ${want}_ and end with .sql" ;;
        esac
        next=$((next + 1))
    done
}

# The runner wraps each file in its transaction; a trigger's BEGIN has no semicolon.
check_content() {
    awk '
        function bad(text) { print FILENAME ":" FNR ": " text; failed = 1 }
        toupper($0) ~ /^ *(BEGIN( [A-Z]+)?|COMMIT|ROLLBACK|END TRANSACTION) *;/ {
            bad("a migration is one transaction already")
        }
        toupper($0) ~ /^ *PRAGMA / { bad("no pragma in a migration") }
        toupper($0) ~ /^ *CREATE TABLE/ { table = FNR }
        table && /;[ \t]*(--.*)?$/ {
            if (toupper($0) !~ /STRICT/) bad("the table of line " table " is not STRICT")
            table = 0
        }
        END { exit failed }
    ' "$@" || failed=1
}

check_released() {
    tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) || return 0
    changed=$(git diff --name-status --no-renames --diff-filter=a "$tag" -- migrations)
    [ -z "$changed" ] || complain "released migrations never change; since $tag: $changed"
}

set -- migrations/*/
[ -d "$1" ] || { echo "migrations: no database folder found" && exit 1; }
for folder in "$@"; do
    folder=${folder%/}
    [ -n "$(ls -A "$folder")" ] || { complain "$folder: no migration in it" && continue; }
    check_numbers "$folder"
    check_content "$folder"/*
done
check_released
exit "$failed"
