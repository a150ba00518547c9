/* SPDX-License-Identifier: Apache-2.0
 * practice/select.h
 * select: the rows of a list as `since`, `sort` and `direction` ask for them. */
#ifndef PRACTICE_SELECT_H
#define PRACTICE_SELECT_H
#include "practice/call.h"

enum sort_direction { SORT_ASC, SORT_DESC };

struct selection {
    json_t *rows;               /* the caller appends what it wants */
    char since[21], before[21]; /* RFC 3339 UTC, or ""; both inclusive */
    const char *key;            /* of the row to sort by */
    enum sort_direction direction;
};

/* 0, or the status of a 422 that is set already. sorts: the allowed words, the first of them
 * the default; each is a key of the row, or that with "_at". fallback: the direction else. */
int selection_init(struct selection *s, struct call *c, const char *const *sorts,
                   enum sort_direction fallback);
/* The same for Gitea: `since` and `before`, and an order that the caller names. */
int selection_begin(struct selection *s, struct call *c, const char *key,
                    enum sort_direction direction);
bool selection_has(const struct selection *s, const json_t *row); /* by its updated_at */
json_t *selection_take(struct selection *s);                      /* sorted; gives it away */

/* The rows of one thread, ascending. A new array. */
json_t *rows_of_thread(const struct state *s, enum table table, int64_t thread);
int64_t count_of_thread(const struct state *s, enum table table, int64_t thread);

#endif
