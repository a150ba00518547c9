#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lint/layers_can_fail.sh ROOT
set -eu
check=$1/tools/check_layers.sh
# shellcheck source=tests/lint/tree.sh
. "$1/tests/lint/tree.sh"

put base/a.h </dev/null
put base/json.h <<'END'
#include <jansson.h>
END
put store/db.c <<'END'
#include "base/a.h"
#include "migrations/hearth.h"
#include <sqlite3.h>
END
put hub/web/page.c <<'END'
#include "hub/repo/repo.h"
#include "store/db.h"
END
passes 'a tree that keeps to the table'

refuses 'base uses store' 'base/ may not use store/' base/a.h <<'END'
#include "store/db.h"
END
refuses 'the bot uses the web' 'bot/ may not use hub/web/' bot/cycle.c <<'END'
#include "hub/web/page.h"
END
refuses 'the pretend forge uses what it tests' 'practice/ may not use bot/' practice/x.c <<'END'
#include "bot/forge/api.h"
END
refuses 'one part of the hub uses another' 'hub/repo/ may not use hub/web/' hub/repo/x.c <<'END'
# include  "hub/web/page.h"
END
refuses 'SQLite outside its door' '<sqlite3.h> may be included in store/' bot/x.c <<'END'
#include <sqlite3.h>
END
refuses 'jansson beside its door' '<jansson.h> may be included in base/json.h' base/x.c <<'END'
#include <jansson.h>
END
refuses 'a library by its folder' '<openssl/evp.h>' base/x.c <<'END'
#include <openssl/evp.h>
END
refuses 'migrations outside the store' '"migrations/hearth.h" may be' cli/x.c <<'END'
#include "migrations/hearth.h"
END
refuses 'bundled data in the model' '"data/bundled.h" may be' model/x.c <<'END'
#include "data/bundled.h"
END
refuses 'GNU extensions outside base' '_GNU_SOURCE may stand in base/' model/x.c <<'END'
#define _GNU_SOURCE
END
refuses 'vectors outside the kernels' 'vector_size may stand in model/kernels' model/x.c <<'END'
struct v { float f __attribute__((vector_size(32))); };
END
refuses 'an include beside its file' 'is not relative to the root' store/x.c <<'END'
#include "db.h"
END
refuses 'a folder nobody agreed on' 'folder util/ has no row' util/x.c <<'END'
int x;
END

rm -r "${tree:?}"/*
if "$check" "$tree" >/dev/null 2>&1; then note 'an empty tree passes'; fi
finish
