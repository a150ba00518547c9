#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lint/format_and_shell_can_fail.sh ROOT
set -eu
# shellcheck source=tests/lint/tree.sh
. "$1/tests/lint/tree.sh"

check=$1/tools/check_shell.sh
put tools/go <<'END'
#!/bin/sh
echo "$1"
END
passes 'a good script'
refuses 'a word that splits' SC2086 tools/go <<'END'
#!/bin/sh
echo $1
END
refuses 'a script by its extension' SC2086 tests/x.sh <<'END'
#!/bin/bash
echo $1
END

check=$1/tools/check_format.sh
cp "$1/.clang-format" "$tree"
put base/a.c <<'END'
int f(void)
{
    return 1;
}
END
passes 'a file in shape'
refuses 'a file out of shape' 'base/a.c:1' base/a.c <<'END'
int f(void) { return 1; }
END
finish
