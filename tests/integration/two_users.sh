#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/integration/two_users.sh HEARTH
# As packaging/systemd has it: `hearth run` and `hearth serve` as two users of one group, each
# with the umask of its unit. Both write hub/ and hub.db, and only the first writes hearth.db.
set -eu
[ "$(id -u)" -eq 0 ] || exit 77 # only root may become somebody else
command -v setpriv >/dev/null || exit 77

work=$(mktemp -d)
pid=
clean_up() {
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
die() { echo "two_users: $*" >&2 && exit 1; }

chmod 711 "$work"
install -m 755 "$1" "$work/hearth"
install -d -m 2770 -o 64001 -g 64000 "$work/home"
cd "$work/home"

# as USER UMASK ARGS..: hearth as a user of the group; cycles are 64001, the server is 64002.
as() {
    user=$1 mask=$2
    shift 2
    (umask "$mask" && exec setpriv --reuid="$user" --regid=64000 --clear-groups \
        "$work/hearth" "$@")
}
run() { as 64001 0027 "$@"; }

run init
run hub create lab/first --dataset
run hub create lab/one
(umask 0007 && exec setpriv --reuid=64002 --regid=64000 --clear-groups \
    "$work/hearth" serve --listen 127.0.0.1:0) >"$work/url" 2>"$work/log" &
pid=$!
tries=0
until grep -q '}' "$work/url"; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 $pid 2>/dev/null; then
        die "no server: $(cat "$work/log")"
    fi
    sleep 0.1
done
url=$(sed 's/.*"url":"\([^"]*\)".*/\1/' "$work/url")
token=$(run token create --user root --scope admin)

# make NAME: by the server, in the namespace that the other user made.
make() {
    curl -fsS -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
        -d "{\"name\":\"$1\",\"organization\":\"lab\"}" "$url/api/repos/create" >/dev/null
}
make two
echo 'from the other user' >"$work/note.txt"
run hub upload lab/two "$work/note.txt"
make three
curl -fsS "$url/lab/one.git/info/refs?service=git-upload-pack" >"$work/refs" ||
    die 'git is not served'
run hub list | grep -q lab/three || die 'the repository of the other user is not there'
run hub gc
run hub fsck
run sync 2>"$work/log" && die 'a hub without a forge was synced'
grep -q forge "$work/log" || die "not the forge was missing: $(cat "$work/log")"
as 64002 0007 feedback add 'not mine to write' 2>"$work/log" && die 'the server wrote hearth.db'
grep -q 'hearth.lock.*Permission denied' "$work/log" || die "not told why: $(cat "$work/log")"
chmod o+rx . && chmod o+r hearth.yml
setpriv --reuid=64003 --regid=64003 --clear-groups "$work/hearth" hub list 2>"$work/log" &&
    die 'a stranger listed the hub'
grep -q "cannot read '.*hub.db': Permission denied" "$work/log" ||
    die "not told why: $(cat "$work/log")"
