/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/download_table.h"

#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "hub/web/downloads.h"

struct row {
    char *ns, *name;
    struct download_sums sums;
};

/* Each name once, sorted, in any case. */
struct download_table {
    struct row *rows;
    size_t n, size;
};

static int add_row(void *ctx, const struct hosted_name *name, const struct download_sums *sums,
                   struct err *err)
{
    struct download_table *table = ctx;

    (void)err;
    if (table->n == table->size) {
        table->size = table->size ? 2 * table->size : 64;
        table->rows = xrealloc_array(table->rows, table->size, sizeof(*table->rows));
    }
    table->rows[table->n++] = (struct row){ xstrdup(name->ns), xstrdup(name->name), *sums };
    return 0;
}

static int compare_name(const void *key, const void *item)
{
    const struct hosted_name *name = key;
    const struct row *row = item;
    int order = strcasecmp(name->ns, row->ns);

    return order ? order : strcasecmp(name->name, row->name);
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *row = a;

    return compare_name(&(struct hosted_name){ .ns = row->ns, .name = row->name }, b);
}

static void free_row(struct row *row)
{
    free(row->ns);
    free(row->name);
}

/* What came in two parts, written down and not yet, becomes one row. */
static void merge(struct download_table *table)
{
    size_t n = 0;

    if (table->n > 1)
        qsort(table->rows, table->n, sizeof(*table->rows), compare_rows);
    for (size_t i = 0; i < table->n; i++) {
        struct row *row = &table->rows[i], *last = n > 0 ? &table->rows[n - 1] : NULL;

        if (!last || compare_rows(last, row) != 0) {
            table->rows[n++] = *row;
            continue;
        }
        last->sums.week += row->sums.week;
        last->sums.recent += row->sums.recent;
        last->sums.all += row->sums.all;
        free_row(row);
    }
    table->n = n;
}

struct download_table *download_table_new(struct downloads *downloads, enum hosted_kind kind)
{
    struct download_table *table = xcalloc(1, sizeof(*table));

    downloads_each(downloads, kind, add_row, table);
    merge(table);
    return table;
}

void download_table_free(struct download_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->n; i++)
        free_row(&table->rows[i]);
    free(table->rows);
    free(table);
}

void download_table_get(struct download_sums *ret, const struct download_table *table,
                        const struct hosted_name *name)
{
    const struct row *row = NULL;

    if (table->n > 0)
        row = bsearch(name, table->rows, table->n, sizeof(*row), compare_name);
    *ret = row ? row->sums : (struct download_sums){ 0 };
}
