#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/integration/hub_commands.sh HEARTH SOURCE_ROOT
# What the commands of the hub say to a stranger, and to words that cannot be names.
set -eu
hearth=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
die() { echo "hub_commands: $*" >&2 && exit 1; }

# answers CODE WORDS ARGS..: the exit code, words on either stream, and no byte for a terminal.
answers() {
    wanted=$1 words=$2 code=0
    shift 2
    "$hearth" hub "$@" >said 2>&1 || code=$?
    [ $code -eq "$wanted" ] || die "'$*' exits $code, not $wanted: $(cat said)"
    grep -qF -e "$words" said || die "'$*' does not say '$words': $(cat said)"
    LC_ALL=C tr -d '\n\40-\176' <said >odd
    [ ! -s odd ] || die "'$*' prints odd bytes: $(od -c odd)"
}

answers 2 'hearth init' list
"$hearth" init >said
answers 0 'hearth hub create' list
answers 0 'hearth hub create --dataset' list --dataset
answers 0 'hearth hub org add' org list
answers 2 "no repository 'lab/one' here: \`hearth hub list\` shows all" tag lab/one v1

# A licence is one that the check of cards knows.
answers 2 "--license: 'apache2' is no licence id that we know; did you mean Apache-2.0?" \
    create lab/one --license apache2
answers 2 "'' is no licence id" create lab/one --license ''
answers 2 "is no licence id" create lab/one --license "$(printf 'mit\nx: y')"
answers 0 'no model is hosted' list
answers 0 'created lab/one' create lab/one --license mit
answers 0 'created lab/two' create lab/two --license other
answers 1 "already" create lab/one
answers 2 "here: \`hearth hub list --dataset\`" tag lab/one v1 --dataset

echo text >file
answers 0 'commit' upload lab/one file
long=$(printf '%0300d' 0 | tr 0 x)
for odd in '' . .. / a/ /a a//b 'a b' "$long" "$(printf 'a\033[31m')" "$(printf 'a\nb')" \
    "$(printf '\377\376')" "$(printf 'a\177')"; do
    for id in "$odd" "$odd/one" "lab/$odd"; do
        answers 2 repository create "$id"
        answers 2 repository tag "$id" v1
        answers 2 repository upload "$id" file
        answers 2 repository download "$id" there
    done
    answers 2 'refs/tags/' tag lab/one "$odd"
    answers 2 'no revision' tag lab/one v1 --revision "$odd"
    answers 2 'no revision' download lab/one there --revision "$odd"
    answers 2 'has no branch' upload lab/one file --branch "$odd"
    answers 2 namespace org add "$odd"
    answers 2 namespace org add lab "$odd"
    answers 2 'none of read, write, admin' org add lab ada --role "$odd"
    answers 2 'is no member' org remove lab "$odd"
    answers 2 'no namespace' org quota "$odd" 1G
    answers 2 'is no size' org quota lab "$odd"
    answers 2 'expected a time' gc --older "$odd"
    [ -e there ] && die "'$odd' made a folder"
done
for odd in HEAD refs/tags/v1 v1.lock a..b -- 0123456789012345678901234567890123456789; do
    answers 2 '' tag lab/one "$odd"
done
for to in .. ../a /a a/../b "$(printf 'a\377')" .git/config "$(printf 'a\033')"; do
    answers 2 path upload lab/one file --to "$to"
done

# What is no UTF-8 goes into nothing that is told as JSON.
answers 0 '"tag": "v1"' tag lab/one v1 --message "$(printf '\377\033')" --json
answers 0 '"org": "lab"' org add lab ada --json
answers 2 "'ada' is a person, and no organisation" org add ada bob
answers 2 "'lab' is an organisation, and no person" org add other lab
answers 2 "'other' cannot be a member of itself" org add other other
answers 2 'no namespace' org quota other 1G
answers 0 '"quota": 1073741824' org quota lab 1G --json
answers 0 '"removed": "ada"' org remove lab ada --json
answers 0 '0 faults' fsck
