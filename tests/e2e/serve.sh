#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: serve.sh HEARTH
# The real binary: a hub-only instance says its address, serves, and ends on SIGTERM.
set -eu
hearth=$(realpath "$1")
dir=$(mktemp -d)
pid=
cleanup() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -rf "$dir"
}
trap cleanup EXIT
fail() {
    echo "serve.sh: $*" >&2
    exit 1
}
# expect_exit CODE COMMAND..: runs it, quietly
expect_exit() {
    want=$1
    shift
    got=0
    "$@" >"$dir/stdout" 2>"$dir/stderr" || got=$?
    [ "$got" = "$want" ] || fail "$* ends with $got, not $want: $(cat "$dir/stderr")"
}

cd "$dir"
expect_exit 2 "$hearth" serve
grep -q 'hearth init' stderr || fail "a missing configuration does not say what to do"
expect_exit 0 "$hearth" init
mkdir -p reports
echo '<!doctype html><title>R</title>' >reports/index.html

mkfifo first
"$hearth" serve --listen 127.0.0.1:0 >first 2>log &
pid=$!
read -r line <first
url=$(printf '%s' "$line" | sed -n 's/^{"url":"\(http:\/\/127\.0\.0\.1:[0-9]*\)"}$/\1/p')
[ -n "$url" ] || fail "first line is '$line'"

[ "$(curl -fsS "$url/healthz")" = ok ] || fail "not healthy"
curl -fsS "$url/" | grep -q '<main' || fail "no first page"
curl -fsS "$url/reports/" | grep -q '<title>R<' || fail "no report"
[ "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$url/")" = 405 ] || fail "POST is served"

# What .gitattributes hands to LFS goes there from the command line, too, and comes back whole.
mkdir upload
printf 'weights' >upload/model.bin
printf 'plain' >upload/note.txt
expect_exit 0 "$hearth" hub create ada/model
expect_exit 0 "$hearth" hub upload ada/model upload
curl -fsS "$url/ada/model/raw/main/model.bin" | grep -q '^oid sha256:' ||
    fail "model.bin stands in git"
[ "$(curl -fsS "$url/ada/model/resolve/main/model.bin")" = weights ] || fail "no model.bin"
[ "$(curl -fsS "$url/ada/model/raw/main/note.txt")" = plain ] || fail "no note.txt"
printf '*.txt filter=lfs diff=lfs merge=lfs -text\n' >upload/.gitattributes
printf 'changed' >upload/note.txt
expect_exit 0 "$hearth" hub upload ada/model upload --branch main
git -C hub/ada/model.git show main:note.txt | grep -q '^oid sha256:' ||
    fail "note.txt stands in git, against its .gitattributes"

expect_exit 1 "$hearth" serve --listen "${url#http://}"
grep -q 'in use' stderr || fail "a taken port is not named"
expect_exit 2 "$hearth" serve --listen nonsense

kill -TERM "$pid"
code=0
wait "$pid" || code=$?
pid=
[ "$code" = 0 ] || fail "SIGTERM ends it with $code: $(cat log)"
