/* SPDX-License-Identifier: Apache-2.0
 * Pull requests and reviews, where Gitea asks and answers otherwise than GitHub. */
#include "practice/gitea_api.h"

#include <string.h>

#include "base/parse.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/moves.h"
#include "practice/select.h"

static const struct {
    const char *word, *key;
    enum sort_direction direction;
} orders[] = {
    { "", "created_at", SORT_DESC },
    { "oldest", "created_at", SORT_ASC },
    { "recentupdate", "updated_at", SORT_DESC },
    { "leastupdate", "updated_at", SORT_ASC },
    { "mostcomment", "comments", SORT_DESC },
    { "leastcomment", "comments", SORT_ASC },
};

static size_t order_of(const struct call *c)
{
    const char *sort = call_arg(c, "sort", "");
    size_t i = sizeof(orders) / sizeof(orders[0]) - 1;

    while (i > 0 && strcmp(orders[i].word, sort) != 0)
        i--;
    return i;
}

static bool is_wanted(const struct call *c, const json_t *thread)
{
    const char *state = call_arg(c, "state", "open"), *poster = call_arg(c, "poster", NULL);

    if (!row_has(thread, "pull") || row_flag(thread, "deleted"))
        return false;
    if (strcmp(state, "all") != 0 && strcmp(state, row_str(thread, "state")) != 0)
        return false;
    return !poster || strcmp(poster, row_str(thread, "user")) == 0;
}

/* There is no `since` here, and one that is sent is passed over. */
int gitea_pulls_list(struct call *c)
{
    size_t order = order_of(c), i;
    struct selection s = { .rows = json_array(),
                           .key = orders[order].key,
                           .direction = orders[order].direction };
    json_t *row;

    json_array_foreach(state_table(&c->forge->state, THREADS), i, row)
    {
        if (is_wanted(c, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->listed_pull);
}

/* Only review by review: no list has those of a pull request, or of the repository. */
int gitea_review_comments(struct call *c)
{
    const json_t *review = call_row(c, REVIEWS, "id");
    json_t *rows = json_array(), *row;
    size_t i;

    if (!review || row_int(review, "thread") != call_param_id(c, "number")) {
        json_decref(rows);
        return call_not_found(c);
    }
    json_array_foreach(state_table(&c->forge->state, REVIEW_COMMENTS), i, row)
    {
        if (row_int(row, "review") == row_int(review, "id"))
            (void)json_array_append(rows, row);
    }
    return call_list(c, rows, c->shapes->review_comment);
}
