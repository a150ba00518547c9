/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger_ceiling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "bot/marker.h"
#include "config/config.h"

struct ceiling {
    char rule[MARKER_MAX_RULE];
    int64_t sent;
};

void ceilings_init(struct ceilings *c, const struct config *config)
{
    *c = (struct ceilings){ .config = config };
}

void ceilings_finish(struct ceilings *c)
{
    free(c->rows);
    c->rows = NULL;
    c->n = 0;
}

int64_t ceiling_of(const struct config *config, const char *rule)
{
    const struct string_list *list = &config->budgets.ceilings;
    int64_t most = config->budgets.per_rule;
    size_t len = strlen(rule);

    for (size_t i = 0; i < list->n; i++)
        if (strncmp(list->items[i], rule, len) == 0 && list->items[i][len] == '=')
            (void)parse_i64(&most, list->items[i] + len + 1, 0, INT64_MAX, rule, NULL);
    return most;
}

static struct ceiling *find(const struct ceilings *c, const char *rule)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->rows[i].rule, rule) == 0)
            return &c->rows[i];
    return NULL;
}

bool ceilings_is_reached(const struct ceilings *c, const char *rule)
{
    const struct ceiling *row = find(c, rule);

    return (row ? row->sent : 0) >= ceiling_of(c->config, rule);
}

void ceilings_count(struct ceilings *c, const char *rule)
{
    struct ceiling *row = find(c, rule);

    if (!row) {
        c->rows = xrealloc_array(c->rows, c->n + 1, sizeof(*c->rows));
        row = &c->rows[c->n++];
        *row = (struct ceiling){ 0 };
        (void)snprintf(row->rule, sizeof(row->rule), "%s", rule);
    }
    row->sent++;
}
