/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rfc3339.h"
#include "practice/forge.h"

/* A time of the query as the rows have it, or "". */
static int read_time(char out[21], struct call *c, const char *name)
{
    const char *text = call_arg(c, name, NULL);
    int64_t at;

    out[0] = '\0';
    if (!text)
        return 0;
    if (rfc3339_parse(&at, text, NULL) < 0)
        return call_invalid(c, "Issue", name, "invalid");
    (void)rfc3339_format(out, at);
    return 0;
}

static const char *row_key(const char *sort)
{
    if (strcmp(sort, "created") == 0)
        return "created_at";
    return strcmp(sort, "updated") == 0 ? "updated_at" : sort;
}

int selection_init(struct selection *s, struct call *c, const char *const *sorts,
                   enum sort_direction fallback)
{
    const char *sort = call_arg(c, "sort", sorts[0]);
    const char *direction = call_arg(c, "direction", fallback == SORT_ASC ? "asc" : "desc");

    s->before[0] = '\0';
    int status = read_time(s->since, c, "since");
    if (status != 0)
        return status;
    while (*sorts && strcmp(*sorts, sort) != 0)
        sorts++;
    if (!*sorts)
        return call_invalid(c, "Issue", "sort", "invalid");
    s->key = row_key(*sorts);
    s->direction = strcmp(direction, "asc") == 0 ? SORT_ASC : SORT_DESC;
    c->sort_key = s->key;
    c->is_descending = s->direction == SORT_DESC;
    s->rows = json_array();
    return 0;
}

int selection_begin(struct selection *s, struct call *c, const char *key,
                    enum sort_direction direction)
{
    int status = read_time(s->since, c, "since");

    if (status == 0)
        status = read_time(s->before, c, "before");
    s->key = key;
    s->direction = direction;
    s->rows = status == 0 ? json_array() : NULL;
    return status;
}

bool selection_has(const struct selection *s, const json_t *row)
{
    const char *at = row_str(row, "updated_at");

    return (s->since[0] == '\0' || strcmp(at, s->since) >= 0) &&
           (s->before[0] == '\0' || strcmp(at, s->before) <= 0);
}

/* A row with what it is sorted by: qsort knows no context. */
struct sortable {
    const char *text;
    int64_t number, id;
    json_t *row;
};

static int by_key(const void *a, const void *b)
{
    const struct sortable *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    if (order == 0)
        order = (x->number > y->number) - (x->number < y->number);
    return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

/* As rows mostly are, which come by their ids. */
static bool are_in_order(const struct sortable *order, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (by_key(&order[i - 1], &order[i]) > 0)
            return false;
    return true;
}

json_t *selection_take(struct selection *s)
{
    size_t n = json_array_size(s->rows);
    struct sortable *order = xcalloc(n > 0 ? n : 1, sizeof(*order));
    json_t *sorted = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *row = json_array_get(s->rows, i);

        order[i] = (struct sortable){ row_str(row, s->key), row_int(row, s->key),
                                      row_int(row, "id"), row };
    }
    if (!are_in_order(order, n))
        qsort(order, n, sizeof(*order), by_key);
    for (size_t i = 0; i < n; i++)
        (void)json_array_append(sorted, order[s->direction == SORT_ASC ? i : n - 1 - i].row);
    free(order);
    json_decref(s->rows);
    s->rows = NULL;
    return sorted;
}

json_t *rows_of_thread(const struct state *s, enum table table, int64_t thread)
{
    json_t *rows = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, table), i, row)
    {
        if (row_int(row, "thread") == thread)
            (void)json_array_append(rows, row);
    }
    return rows;
}

int64_t count_of_thread(const struct state *s, enum table table, int64_t thread)
{
    int64_t n = 0;
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, table), i, row)
    {
        n += row_int(row, "thread") == thread;
    }
    return n;
}
