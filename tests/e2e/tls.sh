#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tls.sh HEARTH
# A forge whose certificate nobody vouches for is refused with a clear message and never sees
# the token; the same forge is spoken to once forge.ca_file names the certificate.
set -eu
hearth=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
pid=
cleanup() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -rf "$dir"
}
trap cleanup EXIT
fail() {
    echo "tls.sh: $*" >&2
    exit 1
}

cd "$dir"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
mkfifo first
"$here/tls_server.py" cert.pem key.pem seen >first &
pid=$!
read -r port <first

printf 'secret-token\n' >token
chmod 600 token
"$hearth" init --forge "https://127.0.0.1:$port" --repo owner/name --token-file token

"$hearth" check >out 2>&1 && fail "a self-signed certificate is trusted"
grep -q 'certificate is not trusted' out || fail "not clear: $(cat out)"
[ ! -s seen ] || fail "the untrusted server was told: $(cat seen)"

sed -i 's/^\( *\)#* *ca_file:.*/\1ca_file: cert.pem/' hearth.yml
"$hearth" check >out 2>&1 || true
grep -q 'secret-token' seen || fail "forge.ca_file is not used: $(cat out)"
! grep -q 'secret-token' out || fail "the token is repeated: $(cat out)"
