# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of our lint scripts: a small good tree in a private folder, and a
# function that spoils one file, wants the script to fail, and puts the file back.
# Sets `tree`; the tester sets `check` to the script under test.
# shellcheck shell=sh disable=SC2154

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# put FILE: writes standard input to a file of the tree.
put() {
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
}

note() {
    echo "not ok - $1"
    failures=$((failures + 1))
}

passes() {
    if output=$("$check" "$tree" 2>&1); then echo "ok - $1"; else note "$1: $output"; fi
}

# refuses NAME TEXT FILE: with standard input as FILE, the script fails and says TEXT.
refuses() {
    cp -a "$tree" "$tree.good"
    put "$3"
    if output=$("$check" "$tree" 2>&1); then
        note "$1: it passed"
    elif ! printf '%s' "$output" | grep -qF -- "$2"; then
        note "$1: no '$2' in: $output"
    else
        echo "ok - $1"
    fi
    rm -rf "$tree"
    mv "$tree.good" "$tree"
}

finish() {
    [ "$failures" -eq 0 ] || exit 1
}
