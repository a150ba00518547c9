/* SPDX-License-Identifier: Apache-2.0
 * bot/ledger_denial.h
 * ledger_denial: threads in which the forge lets us not write; private to the ledger.
 * One that refuses us (its author blocked us, it was just locked) keeps no other waiting; when
 * several do, it is the token, and asking on might get it banned. */
#ifndef BOT_LEDGER_DENIAL_H
#define BOT_LEDGER_DENIAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { DENIALS_MAX = 3 };

struct denials {
    int64_t numbers[DENIALS_MAX]; /* of threads */
    size_t n;
    struct err first;
};

bool denials_has(const struct denials *d, int64_t number);

/* Takes note of err, which is -ERR_DENIED: 0 while others may be tried. */
int denials_add(struct denials *d, int64_t number, const struct err *err);

/* The first denial, of which there must be one: a person must act. */
int denials_first(const struct denials *d, struct err *err);

#endif
