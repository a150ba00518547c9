# SPDX-License-Identifier: Apache-2.0
# Checks every #include of the files given against the table given first (-v table=FILE).
# Tests and tools may include what they like: they are not the product.

function bad(text) { print FILENAME ":" FNR ": " text; failed = 1 }

function read_row(    kind, name, rest) {
    if ($0 ~ /^#/ || NF == 0)
        return
    kind = $1
    name = $2
    if (sub(/:$/, "", name) == 0 || kind !~ /^(use|header|door|word)$/) {
        bad("not a row of this table: " $0)
        return
    }
    rest = $0
    sub(/^[^:]*: */, "", rest)
    row[kind, name] = rest
    names[kind] = names[kind] " " name
}

function folder_of(path,    part) {
    split(path, part, "/")
    return part[1] == "hub" ? part[1] "/" part[2] : part[1]
}

function starts_one_of(path, prefixes,    list, n, i) {
    n = split(prefixes, list, " ")
    for (i = 1; i <= n; i++)
        if (index(path, list[i]) == 1)
            return 1
    return 0
}

# The row of a kind that a name falls under, or "".
function row_for(kind, name,    list, n, i, prefix) {
    n = split(names[kind], list, " ")
    for (i = 1; i <= n; i++) {
        prefix = list[i]
        sub(/\*$/, "", prefix)
        if (name == list[i] || (list[i] ~ /[\/*]$/ && index(name, prefix) == 1))
            return list[i]
    }
    return ""
}

function check_ours(name,    target, rule) {
    if (name !~ /\//) {
        bad("include \"" name "\" is not relative to the root")
        return
    }
    rule = row_for("header", name)
    if (rule != "") {
        if (!starts_one_of(FILENAME, row["header", rule]))
            bad("\"" name "\" may be included in " row["header", rule] " only")
        return
    }
    target = folder_of(name)
    if (target != folder && index(" " row["use", folder] " ", " " target " ") == 0)
        bad(folder "/ may not use " target "/: \"" name "\"")
}

function check_library(name,    rule) {
    rule = row_for("door", name)
    if (rule != "" && !starts_one_of(FILENAME, row["door", rule]))
        bad("<" name "> may be included in " row["door", rule] " only")
}

function check_include(    name) {
    name = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
    if (name ~ /^"/) {
        sub(/^"/, "", name); sub(/".*/, "", name)
        check_ours(name)
    } else {
        sub(/^</, "", name); sub(/>.*/, "", name)
        check_library(name)
    }
}

function check_words(    list, n, i) {
    n = split(names["word"], list, " ")
    for (i = 1; i <= n; i++)
        if (index($0, list[i]) && !starts_one_of(FILENAME, row["word", list[i]]))
            bad(list[i] " may stand in " row["word", list[i]] " only")
}

FILENAME == table { read_row(); next }
FNR == 1 {
    files++
    folder = folder_of(FILENAME)
    product = folder != "tests" && folder != "tools"
    if (product && !(("use", folder) in row))
        bad("folder " folder "/ has no row in " table)
}
!product { next }
/^[ \t]*#[ \t]*include/ { check_include() }
{ check_words() }
END {
    if (files == 0) {
        print "layers: no source file found"
        failed = 1
    }
    exit failed
}
