#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/check_shell.sh [ROOT]
# Runs shellcheck over every script of ours.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}"
command -v shellcheck >/dev/null || { echo "check_shell: shellcheck is missing" && exit 1; }
scripts=$("$here/sources.sh" shell)
[ -n "$scripts" ] || { echo "check_shell: no script found" && exit 1; }
printf '%s\n' "$scripts" | xargs shellcheck -x
