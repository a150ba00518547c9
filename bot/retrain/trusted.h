/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/trusted.h
 * trusted: the bundled digits, split into what models learn from and what they are tested on.
 * Owns its data sets. */
#ifndef BOT_RETRAIN_TRUSTED_H
#define BOT_RETRAIN_TRUSTED_H
#include "model/dataset.h"

struct err;

struct trusted {
    struct dataset base;    /* 1,300 rows that every training begins with */
    struct dataset holdout; /* 360 rows, frozen: nobody trains on them */
};

/* An error here means that the program was built from damaged files. */
int trusted_load(struct trusted *ret, struct err *err);
void trusted_finish(struct trusted *trusted); /* NULL and half-built are fine */

#endif
