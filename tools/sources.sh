#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/sources.sh c|shell|code|text [ROOT]
# Lists our own files of one kind, sorted, relative to ROOT; build folders, caches and fixtures
# are left out. Works on a tree without git, so that new files are seen before they are added.
#   c      C sources and headers          shell  scripts for sh and bash
#   code   all that a machine reads       text   code and prose
set -eu
kind=${1:?usage: tools/sources.sh c|shell|code|text [ROOT]}
cd "${2:-.}"

# A folder that meson made is recognised by what it holds, whatever it is called.
all_files() {
    find . -type d \( -name .git -o -name .cache -o -name node_modules -o -name __pycache__ \
        -o -path './tests/fixtures' -o -path './tests/fuzz/corpus' \
        -o -exec test -e '{}/meson-private' ';' \) -prune -o -type f -print | sed 's,^\./,,'
}

# A script without an extension is told by its first line.
scripts() {
    sed -nE '/\.sh$|^(tools|\.ci|tests)\/(.*\/)?[^.\/]+$/p' | while read -r file; do
        if head -n 1 "$file" | grep -qE '^#!.*[/ ](ba)?sh( |$)'; then echo "$file"; fi
    done
}

code() {
    sed -nE '/\.([ch]|sh|awk|sql|py|m?js|proto|table|list|ya?ml)$|(^|\/)meson\.build$/p'
}

# Carries no licence line of its own: LICENSE covers it.
prose() {
    sed -nE '/\.(md|json|service|timer|html|css|txt)$/p'
}

case $kind in
c) all_files | sed -n '/\.[ch]$/p' ;;
shell) all_files | scripts ;;
code) all_files | code; all_files | scripts ;;
text) all_files | code; all_files | scripts; all_files | prose ;;
*) echo "sources: no such kind: $kind" >&2 && exit 2 ;;
esac | LC_ALL=C sort -u
