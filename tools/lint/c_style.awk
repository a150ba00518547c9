# SPDX-License-Identifier: Apache-2.0
# What clang-format does not decide about our C: banned functions (-v table=FILE, given first),
# lengths, own header first, include guards, no typedef, no mutable globals.
# Comments and literals are blanked before anything is looked for.

function bad(line, text) { print FILENAME ":" line ": " text; failed = 1 }

function trim(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }

function read_row(    column, name, n, i) {
    if ($0 ~ /^#/ || split($0, column, "|") != 3)
        return
    n = split(column[1], name, " ")
    for (i = 1; i <= n; i++) {
        where[name[i]] = trim(column[2])
        instead[name[i]] = trim(column[3])
    }
}

# The line without comments and with empty literals; in_comment goes on from line to line.
function code_of(line,    out, i, c, two, quote) {
    out = ""
    quote = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        two = substr(line, i, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i++ }
        } else if (quote != "") {
            if (c == "\\") i++
            else if (c == quote) { out = out c; quote = "" }
        } else if (two == "/*") { in_comment = 1; i++ }
        else if (two == "//") break
        else { out = out c; if (c == "\"" || c == "'") quote = c }
    }
    return out
}

function is_allowed(name,    place, n, i) {
    n = split(where[name], place, " ")
    for (i = 1; i <= n; i++)
        if (index(FILENAME, place[i]) == 1)
            return 1
    return 0
}

function check_calls(text,    name, before) {
    while (match(text, /[A-Za-z_][A-Za-z0-9_]* *\(/)) {
        name = substr(text, RSTART, RLENGTH - 1)
        before = RSTART > 1 ? substr(text, RSTART - 1, 1) : ""
        text = substr(text, RSTART + RLENGTH)
        sub(/ +$/, "", name)
        if ((name in where) && before !~ /[.>]/ && !is_allowed(name))
            bad(FNR, name "() is banned: use " instead[name])
    }
}

function header_exists(path,    line, found) {
    found = (getline line < path) >= 0
    close(path)
    return found
}

function check_include(text,    own) {
    if (includes++ > 0 || FILENAME !~ /\.c$/)
        return
    own = FILENAME
    sub(/\.c$/, ".h", own)
    if (header_exists(own) && index(text, "\"" own "\"") == 0)
        bad(FNR, "the first include must be \"" own "\"")
}

# Lines of constant tables count neither for a function nor for a file.
function follow_table(code) {
    if (code ~ /^ *(static )?const .*= \{$/) in_table = 1
    tables += in_table
    file_tables += in_table
    if (code ~ /^ *\};/) in_table = 0
}

# A function's lines are those of its signature and body.
function follow_function(code) {
    if (code ~ /^\{/) { body = 1; lines = FNR - signature; tables = 0 }
    if (body) {
        lines++
        if (code ~ /^\}/) {
            body = 0
            if (lines - tables > 60)
                bad(signature, "function of " (lines - tables) " lines; the limit is 60")
        }
    }
    if (code ~ /[;}]$/ || code ~ /^#/ || code ~ /^[ \t]*$/)
        signature = FNR + 1
}

function check_declarations(code) {
    if (code ~ /^[ \t]*typedef/ && code !~ /\(/)
        bad(FNR, "typedef: name the struct or enum")
    if (FILENAME ~ /^(base\/(log|buf)\.c|tests\/.*|tools\/.*)$/ || code ~ /sig_atomic_t/)
        return
    if (code ~ /^[ ]*static / && code !~ /(const|inline)[ *]/ && code !~ /\(/ && code ~ /[;=]/)
        bad(FNR, "a variable that lives on: no globals, pass it as a parameter")
}

function guard_of(path) {
    path = toupper(path)
    gsub(/[^A-Z0-9]/, "_", path)
    return path
}

function finish_file() {
    if (last_file == "")
        return
    last_lines -= file_tables
    if (last_lines > 400)
        print last_file ": " last_lines " lines; the limit is 400"
    if (last_file ~ /\.h$/ && !guarded)
        print last_file ": no include guard " guard_of(last_file)
    if (last_lines > 400 || (last_file ~ /\.h$/ && !guarded))
        failed = 1
}

FILENAME == table { read_row(); next }
FNR == 1 {
    finish_file()
    last_file = FILENAME
    in_comment = includes = guarded = body = in_table = file_tables = 0
    signature = 1
}
{
    last_lines = FNR
    code = code_of($0)
    check_calls(code)
    check_declarations(code)
    follow_table(code)
    follow_function(code)
}
/^#include/ { check_include($0) }
/^#ifndef/ && $2 == guard_of(FILENAME) { guarded = 1 }
END { finish_file(); exit failed }
