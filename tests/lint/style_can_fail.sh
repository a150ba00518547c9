#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lint/style_can_fail.sh ROOT
# What may not stand in our own files is put together here from halves.
set -eu
check=$1/tools/check_style.sh
# shellcheck source=tests/lint/tree.sh
. "$1/tests/lint/tree.sh"
c_licence='/* SPDX-License-Identifier: Apache-2.0 */'
sh_licence='# SPDX-License-Identifier: Apache-2.0'

# c_file LINES..: standard output is a licensed C file of these lines.
c_file() { printf '%s\n' "$c_licence" "$@"; }
repeat() { awk -v n="$1" -v line="$2" 'BEGIN { for (i = 0; i < n; i++) print line }'; }

c_file '#ifndef BASE_A_H' '#define BASE_A_H' '#endif' | put base/a.h
c_file '#include "base/a.h"' '' '/* atoi(x) is a comment */' \
    'static const char *const says = "atoi(x) // typedef";' '' 'int a(void)' '{' \
    '    return x->time(says);' '}' | put base/a.c
{ c_file 'int table(void)' '{' '    static const int t[] = {'; repeat 80 '        1,'
    printf '    };\n    return t[0];\n}\n'; } | put model/table.c
put README.md </dev/null
passes 'a tree in our style'

c_file 'int f(void) { return atoi("1"); }' |
    refuses 'a banned function' 'atoi() is banned: use parse_i64' store/x.c
c_file 'char *f(void) { return malloc(1); }' |
    refuses 'memory beside base/alloc.h' 'malloc() is banned' store/x.c
c_file '#include <stdio.h>' '#include "base/a.h"' |
    refuses 'own header second' 'the first include must be "base/a.h"' base/a.c
c_file '#ifndef A_H' '#endif' | refuses 'a wrong guard' 'no include guard BASE_B_H' base/b.h
c_file 'typedef struct x x;' | refuses 'a typedef' 'typedef: name the struct' base/b.c
c_file 'static int count;' | refuses 'a global' 'no globals' base/b.c
{ c_file 'int f(void)' '{'; repeat 58 '    g();'; echo '}'; } |
    refuses 'a long function' 'function of 61 lines; the limit is 60' base/b.c
{ c_file; repeat 400 'int x;'; } | refuses 'a long file' '401 lines; the limit is 400' base/b.c
c_file "int $(printf '%093d' 0 | tr 0 a);" |
    refuses 'a long line' '98 columns; the limit is 96' base/b.c
printf '%s\nint\tx;\n' "$c_licence" | refuses 'a tab' 'a tab' base/b.c
printf '%s\nint x; \n' "$c_licence" | refuses 'blanks at an end' 'blanks at the end' base/b.c
printf 'int x;\n' | refuses 'no licence in C' 'no SPDX line' base/b.c
printf '#!/bin/sh\necho\n' | refuses 'no licence in a script' 'no SPDX line' tools/go
printf '%s\n# TO%s later\n' "$sh_licence" 'DO:' |
    refuses 'a to-do of nobody' 'a to-do without a number' x/meson.build
printf 'see /wo%s/main\n' 'rk' | refuses 'a path of one machine' 'a path of one' README.md
printf 'pip from pyp%s\n' 'i.org' | refuses 'a registry by name' 'package registry' README.md

rm -r "${tree:?}"/*
if "$check" "$tree" >/dev/null 2>&1; then note 'an empty tree passes'; fi
finish
