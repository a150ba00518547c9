# SPDX-License-Identifier: Apache-2.0
# What holds for every file we write: a licence line, length, no tabs, no trailing blanks, no
# to-do without an issue, no path of one machine and no host of a package registry.
# The patterns are written so that this file does not match itself.

function bad(text) { print FILENAME ":" FNR ": " text; failed = 1 }

function is_code() { return FILENAME !~ /\.(md|json|service|timer|html|css|txt)$/ }

function check_origin() {
    if ($0 ~ /(^|[^A-Za-z0-9_.})-])\/(wor[k]|roo[t])\// || $0 ~ /\/tmp\/(w[t]|lan[d])/)
        bad("a path of one machine")
    if ($0 ~ /(registr[y]\.(npmjs|yarnpkg)|pyp[i]\.org|pythonhoste[d]\.org|crate[s]\.io)/ ||
        $0 ~ /((deb|security|snapshot)\.debia[n]\.org|prox[y]\.golang\.org|mave[n]\.org)/)
        bad("a host of a package registry")
}

BEGIN {
    # UTF-8 continuation bytes do not count as columns.
    continuation = "[\200-\277]"
}
FNR == 1 { files++; licence_line = /^#!/ ? 2 : 1 }
FNR == licence_line && is_code() && !/SPDX-License-Identifier: Apache-2\.0/ {
    bad("no SPDX line at the top")
}
/\t/ && is_code() { bad("a tab") }
/[ \t]$/ && FILENAME !~ /\.json$/ { bad("blanks at the end of the line") }
/(TOD[O]|FIXM[E])([^A-Za-z]|$)/ && !/TOD[O]\(#[0-9]+\)/ { bad("a to-do without a number") }
{ check_origin() }
is_code() {
    columns = $0
    gsub(continuation, "", columns)
    if (length(columns) > 96)
        bad(length(columns) " columns; the limit is 96")
}
END {
    if (files == 0) {
        print "style: no file found"
        failed = 1
    }
    exit failed
}
