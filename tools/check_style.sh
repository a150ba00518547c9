#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/check_style.sh [ROOT]
# Fails where our style is broken in a way that clang-format does not see. The rules stand at
# the top of tools/lint/text_style.awk and c_style.awk, the functions in banned.table.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}"
table=$here/lint/banned.table
failed=0

"$here/sources.sh" text | LC_ALL=C xargs awk -f "$here/lint/text_style.awk" || failed=1
"$here/sources.sh" c |
    LC_ALL=C xargs awk -f "$here/lint/c_style.awk" -v table="$table" "$table" || failed=1
exit "$failed"
