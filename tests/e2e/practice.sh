#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: practice.sh HEARTH
# The real binary: a practice forge says where it is, answers API and git, keeps its state.
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
    echo "practice.sh: $*" >&2
    exit 1
}
# refused WORD ARGUMENT..: ends with 2 and a message that has the word
refused() {
    word=$1
    shift
    code=0
    "$hearth" practice "$@" >stdout 2>stderr || code=$?
    [ "$code" = 2 ] || fail "practice $* ends with $code"
    grep -q -- "$word" stderr || fail "practice $* says: $(cat stderr)"
}
# value KEY LINE: of a flat JSON object
value() {
    printf '%s' "$2" | sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p'
}
begin() {
    rm -f first
    mkfifo first
    "$hearth" practice "$@" >first 2>log &
    pid=$!
    read -r line <first || fail "it does not start: $(cat log)"
    api=$(value api "$line")
    token=$(cat "$(value token_file "$line")")
}
end() {
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    pid=
    [ "$code" = 0 ] || fail "SIGTERM ends it with $code: $(cat log)"
}
api() {
    curl -fsS -H "Authorization: Bearer $token" "$@"
}

cd "$dir"
refused gitlab forge --dialect gitlab
refused 'no such fault' forge --fault 501
refused '--rate-limit' forge --rate-limit maybe
refused '--latency' forge --latency -1
refused 'load.json' forge --load load.json

begin forge
[ "$(value repo "$line")" = open-digits/digits ] || fail "the first line is: $line"
api "$api/user" | grep -q '"login":"hearth-bot"' || fail "the token is nobody's"
code=0
"$hearth" practice forge >stdout 2>stderr || code=$?
[ "$code" = 4 ] || fail "a second forge in the folder ends with $code"
grep -q "another practice forge serves 'forge'" stderr || fail "it says: $(cat stderr)"
git clone -q "$(value git "$line")" clone || fail "git cannot clone"
git -C clone fetch -q origin refs/pull/2/head || fail "there is no refs/pull/2/head"
api -X POST "$api/repos/open-digits/digits/issues/12/comments" -d '{"body":"kept"}' >/dev/null
end
refused 'holds a community' forge --load load.json

begin forge --rate-limit off
api "$api/repos/open-digits/digits/issues/12/comments" | grep -q '"body":"kept"' ||
    fail "the comment is lost after a restart"
api -D headers "$api/user" >/dev/null
! grep -qi ratelimit headers || fail "--rate-limit off still sends its headers"
end

mkdir -p half/git
refused 'empty folder' half

begin storm --fault 500=1
[ "$(curl -s -o /dev/null -w '%{http_code}' "$api/user")" = 500 ] || fail "no fault"
end

begin proxied --public-url http://forge.test/api/v3
[ "$api" = http://forge.test/api/v3 ] || fail "--public-url is not in the first line"
end
