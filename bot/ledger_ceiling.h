/* SPDX-License-Identifier: Apache-2.0
 * bot/ledger_ceiling.h
 * ledger_ceiling: how many actions of each rule one cycle may send; private to the ledger.
 * A rule that runs wild is stopped by it, while the others go on. */
#ifndef BOT_LEDGER_CEILING_H
#define BOT_LEDGER_CEILING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;

struct ceilings {
    const struct config *config; /* borrowed */
    struct ceiling *rows;        /* owned; of the rules that sent something */
    size_t n;
};

void ceilings_init(struct ceilings *c, const struct config *config);
void ceilings_finish(struct ceilings *c);

/* budgets.ceilings, else budgets.per_rule. */
int64_t ceiling_of(const struct config *config, const char *rule);

bool ceilings_is_reached(const struct ceilings *c, const char *rule);
void ceilings_count(struct ceilings *c, const char *rule);

#endif
