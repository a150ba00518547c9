/* SPDX-License-Identifier: Apache-2.0
 * hub/web/list_query.h
 * list_query: which repositories a list is asked for, and in which order.
 * Private to hub/web. */
#ifndef HUB_WEB_LIST_QUERY_H
#define HUB_WEB_LIST_QUERY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/rfc3339.h"

struct err;
struct form;
struct sort_key;

/* Borrows the query's texts. */
struct list_query {
    const struct form *form;
    const struct sort_key *sort;
    int sign;               /* 1: ascending */
    int64_t min_parameters; /* 0 and INT64_MAX: any number */
    int64_t max_parameters;
    bool needs_downloads; /* those of every model are looked at */
};

/* -ERR_RANGE names the field whose value cannot be. */
int list_query_read(struct list_query *ret, const struct form *form, struct err *err);

/* By its id alone; what it turns down need not be opened. */
bool list_query_wants_id(const struct list_query *query, const char *id);
/* By the protocol's object, without downloads unless they are needed. */
bool list_query_wants(const struct list_query *query, const json_t *model);

/* What of a model its place in the list depends on. */
struct list_rank {
    const char *id;
    int64_t number;          /* a figure, 0 for a time */
    char text[RFC3339_SIZE]; /* a time, "" for a figure */
    int sign, id_sign;       /* -1: descending */
};
/* Borrows the id. */
void list_query_rank(struct list_rank *ret, const struct list_query *query, const json_t *model,
                     const char *id);
void list_query_sort(struct list_rank *ranks, size_t n);

#endif
