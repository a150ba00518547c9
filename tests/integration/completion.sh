#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/integration/completion.sh HEARTH SOURCE_ROOT
# What the Tab key offers in bash.
set -eu
hearth=$1
# shellcheck source=packaging/completions/hearth.bash
. "$2/packaging/completions/hearth.bash"

# offers WANTED WORDS..: the last word is the one that is being typed.
offers() {
    local wanted=$1
    shift
    COMP_WORDS=("$hearth" "$@") COMP_CWORD=$# COMPREPLY=()
    _hearth
    [ "${COMPREPLY[*]}" = "$wanted" ] && return
    echo "'$*' is offered '${COMPREPLY[*]}', not '$wanted'" >&2
    exit 1
}

offers 'practice predict' pr
offers 'feedback' fee
offers 'gc' hub g
offers 'add list quota remove' hub org ''
offers '' train x
offers '--drop' plan --d
offers '--dataset' hub tag a/b v1 --da
offers '--role' hub org add --r
offers '--config' --c
offers 'gc' help hub g
offers '' contribute check fold
