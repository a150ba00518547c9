/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/stand.h
 * stand: how far the lists were read when feedback was followed last, and by which version's
 * rules. Where it is the same and nothing changed since, feedback needs no second look. */
#ifndef BOT_RULES_STAND_H
#define BOT_RULES_STAND_H
#include <stdbool.h>

#include "base/hash.h"

struct bot;
struct err;

struct stand {
    char name[SHA256_HEX_SIZE];
    bool is_known; /* feedback was followed from there */
};

int stand_read(struct stand *ret, struct bot *bot, struct err *err);
int stand_keep(const struct stand *stand, struct bot *bot, struct err *err);

#endif
