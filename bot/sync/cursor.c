/* SPDX-License-Identifier: Apache-2.0
 * The small parts that lists share: their cursors, and sets of ids. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "bot/sync/reading.h"

int reading_check_pages(int64_t n_pages, struct err *err)
{
    if (n_pages < READING_MAX_PAGES)
        return 0;
    return err_set(err, ERR_LIMIT, "more than %d pages in one sync", READING_MAX_PAGES);
}

static int take(void *ctx, const struct sync_list *row, struct err *err)
{
    struct cursor *c = ctx;

    (void)err;
    c->row = *row;
    c->next_url = xstrdup(row->next_url);
    c->gap = xstrdup(row->gap);
    return 0;
}

/* Before the first page. */
void cursor_init(struct cursor *c, const struct reading *rd, enum sync_list_name name)
{
    *c = (struct cursor){
        .row = { .repo_id = rd->repo_id, .name = name, .phase = SYNC_WALK },
        .next_url = xstrdup(""),
        .gap = xstrdup(""),
    };
}

int cursor_load(struct cursor *c, const struct reading *rd, enum sync_list_name name,
                struct err *err)
{
    memset(c, 0, sizeof(*c));
    int rc = sync_list_get(rd->db, rd->repo_id, name, take, c, err);
    if (rc != -ERR_NOTFOUND)
        return rc;
    cursor_init(c, rd, name);
    return 0;
}

static void replace(char **text, const char *with)
{
    char *copy = xstrdup(with);

    free(*text);
    *text = copy;
}

void cursor_set_next(struct cursor *c, const char *next_url)
{
    replace(&c->next_url, next_url);
}

void cursor_set_gap(struct cursor *c, const char *gap)
{
    replace(&c->gap, gap);
}

int cursor_store(const struct cursor *c, const struct reading *rd, struct err *err)
{
    struct sync_list row = c->row;

    row.next_url = c->next_url;
    row.gap = c->gap;
    return sync_list_put(rd->db, &row, NULL, err);
}

void cursor_finish(struct cursor *c)
{
    free(c->next_url);
    free(c->gap);
    c->next_url = c->gap = NULL;
}

void id_set_add(struct id_set *set, int64_t id)
{
    if (set->n == set->cap) {
        set->cap = set->cap > 0 ? 2 * set->cap : 256;
        set->ids = xrealloc_array(set->ids, set->cap, sizeof(*set->ids));
    }
    set->ids[set->n++] = id;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

void id_set_sort(struct id_set *set)
{
    if (set->n > 0)
        qsort(set->ids, set->n, sizeof(*set->ids), compare);
}

bool id_set_has(const struct id_set *set, int64_t id)
{
    return set->n > 0 && bsearch(&id, set->ids, set->n, sizeof(*set->ids), compare) != NULL;
}

void id_set_finish(struct id_set *set)
{
    free(set->ids);
    memset(set, 0, sizeof(*set));
}
