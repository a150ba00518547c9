#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lint/documents_can_fail.sh ROOT
set -eu
# shellcheck source=tests/lint/tree.sh
. "$1/tests/lint/tree.sh"
tools=$1/tools

put docs/other.md </dev/null
put hearth <<'END'
#!/bin/sh
[ "$1 $2" = 'help run' ] || [ "$1 $2" = 'help db check' ]
END
chmod +x "$tree/hearth"
check_with_program() { "$tools/check_documents.sh" "$1" "$1/hearth"; }
check=check_with_program
put README.md <<'END'
See [other](docs/other.md#part) and [elsewhere](https://example.org/x).

    hearth run                # a cycle
    hearth db check

`hearth run --dry-run` tells what would happen.
END
passes 'links and commands that are there'

refuses 'a link to nothing' 'links to docs/none.md, which is not there' README.md <<'END'
[x](docs/none.md)
END
refuses 'a link relative to its own folder' 'links to docs/other.md' docs/more.md <<'END'
[x](docs/other.md)
END
refuses 'an example that fails' 'hearth fly now: no such command' README.md <<'END'
    hearth fly now
END
refuses 'a command in a sentence' 'hearth fly' README.md <<'END'
Use `hearth fly` for that.
END
finish
