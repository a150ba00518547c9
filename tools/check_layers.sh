#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/check_layers.sh [ROOT]
# Fails when a folder includes what it may not use, or a library outside its door; the rules
# stand in tools/lint/layers.table.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}"
table=$here/lint/layers.table

"$here/sources.sh" c | LC_ALL=C xargs awk -f "$here/lint/layers.awk" -v table="$table" "$table"
