/* SPDX-License-Identifier: Apache-2.0
 * store/instance.h
 * instance: facts about this installation: when `hearth init` made it. */
#ifndef STORE_INSTANCE_H
#define STORE_INSTANCE_H
#include <stdint.h>

#include "store/db.h"

/* As "init_at". The first time counts: later calls change nothing. */
int instance_set_init_at(struct db *db, int64_t at, struct err *err);

int instance_get(struct db *db, const char *key,
                 int (*fn)(void *ctx, const char *value, struct err *err), void *ctx,
                 struct err *err); /* -ERR_NOTFOUND */
int instance_set(struct db *db, const char *key, const char *value, struct err *err);

#endif
