# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion for bash. It asks `hearth help`, so that it knows what the program knows.

# The commands' names, one a line; the options of the command whose name the words begin with.
_hearth_names() { "$1" help 2>/dev/null | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p'; }
_hearth_options()
{
    local program=$1 text n
    shift
    for ((n = $#; n > 0; n--)); do
        text=$("$program" help "${@:1:n}" 2>/dev/null) || continue
        sed -n 's/^  \(--[a-z-]*\).*/\1/p' <<<"$text"
        return
    done
}

_hearth()
{
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} name known='' i
    local -a said=()

    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -* ]] && break
        said+=("${COMP_WORDS[i]}")
    done
    if [[ $word == -* ]]; then
        known="$(_hearth_options "$program" "${said[@]}") --config --help --json"
    elif ((${#said[@]} == COMP_CWORD - 1)); then
        local before="${said[*]}"
        [[ $before == help* ]] && before=${before#help} && before=${before# }
        while read -r name; do
            [[ -z $before || $name == "$before "* ]] || continue
            name=${name#"$before"}
            name=${name# }
            known+=" ${name%% *}"
        done < <(_hearth_names "$program")
    fi
    mapfile -t COMPREPLY < <(compgen -W "$known" -- "$word" | sort -u)
}

# Where nothing of ours fits, names of files do.
complete -o default -F _hearth hearth
