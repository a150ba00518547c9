#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/check_documents.sh [ROOT [HEARTH]]
# Fails where a document links to a file that is not there or, given the program, shows a
# command in its examples that the program does not know.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${2:-}" ] || hearth=$(realpath "$2")
cd "${1:-.}"

# FILE TARGET of every link to a file of ours.
links() {
    grep -oHE '\]\([^)# ]+' "$@" | sed 's/:\](/ /' | grep -vE ' [a-z]+:' || true
}

# FILE WORD WORD of the commands in indented examples, and of those in `backticks`.
commands() {
    # shellcheck disable=SC2016 # these backticks are text
    {
        grep -oHE '^ {4}hearth [a-z].*' "$@" | sed 's/:    hearth / /'
        grep -oHE '`hearth [a-z][^`]*`' "$@" | sed 's/:`hearth / /; s/`//'
    } | awk '{ print $1, $2, $3 }'
}

check_links() {
    links "$@" | {
        missing=0
        while read -r file target; do
            [ -e "$(dirname "$file")/$target" ] && continue
            echo "$file: links to $target, which is not there"
            missing=1
        done
        exit $missing
    }
}

check_commands() {
    commands "$@" | {
        unknown=0
        while read -r file first second; do
            "$hearth" help "$first" >/dev/null 2>&1 && continue
            "$hearth" help "$first $second" >/dev/null 2>&1 && continue
            echo "$file: hearth $first $second: no such command"
            unknown=1
        done
        exit $unknown
    }
}

# shellcheck disable=SC2046 # our names have no blanks
set -- $("$here/sources.sh" text | grep '\.md$')
[ $# -gt 0 ] || { echo "documents: none found" && exit 1; }
failed=0
check_links "$@" || failed=1
[ -z "${hearth:-}" ] || check_commands "$@" || failed=1
exit "$failed"
