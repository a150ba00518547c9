/* SPDX-License-Identifier: Apache-2.0
 * Issues and their comments, where Gitea asks and answers otherwise than GitHub. */
#include "practice/gitea_api.h"

#include <string.h>

#include "base/text.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/moves.h"
#include "practice/select.h"

enum { TITLE_MAX_BYTES = 255 };

static const struct {
    const char *word, *key;
    enum sort_direction direction;
} orders[] = {
    { "latest", "created_at", SORT_DESC },     { "newest", "created_at", SORT_DESC },
    { "oldest", "created_at", SORT_ASC },      { "recentupdate", "updated_at", SORT_DESC },
    { "leastupdate", "updated_at", SORT_ASC }, { "mostcomment", "comments", SORT_DESC },
    { "leastcomment", "comments", SORT_ASC },
};

/* The place of ?sort= in the table; an unknown word is the first. */
static size_t order_of(const struct call *c)
{
    const char *sort = call_arg(c, "sort", orders[0].word);

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (strcmp(orders[i].word, sort) == 0)
            return i;
    }
    return 0;
}

static bool carries(const json_t *thread, const char *label)
{
    size_t i;
    json_t *name;

    json_array_foreach(json_object_get(thread, "labels"), i, name)
    {
        if (strcmp(json_string_value(name), label) == 0)
            return true;
    }
    return false;
}

/* A label that the repository does not have is dropped from the filter, and when it was the
 * only one, every issue passes. */
static bool has_labels(const struct call *c, const json_t *thread)
{
    char name[256];

    for (const char *p = call_arg(c, "labels", ""); *p;) {
        size_t len = strcspn(p, ",");

        if (len < sizeof(name)) {
            memcpy(name, p, len);
            name[len] = '\0';
            if (find_label(c->forge, name) && !carries(thread, name))
                return false;
        }
        p += len + (p[len] == ',');
    }
    return true;
}

static bool is_wanted(const struct call *c, const json_t *thread)
{
    const char *state = call_arg(c, "state", "open"), *type = call_arg(c, "type", "");
    const char *creator = call_arg(c, "created_by", NULL);

    if (row_flag(thread, "deleted") || state_hides(&c->forge->state, thread))
        return false;
    if (strcmp(state, "all") != 0 && strcmp(state, row_str(thread, "state")) != 0)
        return false;
    if (strcmp(type, row_has(thread, "pull") ? "issues" : "pulls") == 0)
        return false;
    if (creator && strcmp(creator, row_str(thread, "user")) != 0)
        return false;
    return has_labels(c, thread);
}

int gitea_issues_list(struct call *c)
{
    size_t order = order_of(c), i;
    struct selection s;
    json_t *row;

    int status = selection_begin(&s, c, orders[order].key, orders[order].direction);
    if (status != 0)
        return status;
    json_array_foreach(state_table(&c->forge->state, THREADS), i, row)
    {
        if (is_wanted(c, row) && selection_has(&s, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->issue);
}

int gitea_issues_create(struct call *c)
{
    const char *title = call_text(c, "title"), *body = call_text(c, "body");
    json_t *id;
    size_t i;

    if (!title || !*title)
        return call_invalid(c, "Issue", "title", "missing_field");
    if (strlen(title) > TITLE_MAX_BYTES)
        return call_invalid(c, "Issue", "title", "MaxSize");
    json_t *thread = move_open_issue(c->forge, c->view.me, title, body ? body : "");
    json_array_foreach(json_object_get(c->in, "labels"), i, id)
    {
        const json_t *label = state_row(&c->forge->state, LABELS, json_integer_value(id));

        if (label && call_may(c, RIGHT_PUSH))
            move_label(c->forge, c->view.me, thread, row_str(label, "name"));
    }
    return call_show(c, 201, gitea_issue(&c->view, thread));
}

/* 201 for a change. A merged pull request's state stays. */
int gitea_issue_edit(struct call *c)
{
    const char *state = call_text(c, "state"), *title = call_text(c, "title");
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    if (!call_may(c, RIGHT_PUSH) && strcmp(row_str(thread, "user"), c->view.me) != 0)
        return call_error(c, 403, "user should be the author or have permission to write");
    if (state && row_has(json_object_get(thread, "pull"), "merged_at"))
        return call_error(c, 412,
                          "cannot change state of this pull request, it was already "
                          "merged");
    if (title && (!*title || strlen(title) > TITLE_MAX_BYTES))
        return call_invalid(c, "Issue", "title", "MaxSize");
    if (title)
        move_retitle(c->forge, c->view.me, thread, title);
    if (call_text(c, "body"))
        move_rewrite(c->forge, thread, call_text(c, "body"));
    if (state && strcmp(state, "closed") == 0)
        move_close(c->forge, c->view.me, thread, "completed");
    if (state && strcmp(state, "open") == 0)
        move_reopen(c->forge, c->view.me, thread);
    return call_show(c, 201, gitea_issue(&c->view, thread));
}

/* In the order in which they were written, whatever changed since. number 0: of all. */
static int list_comments(struct call *c, int64_t number)
{
    struct selection s;
    size_t i;
    json_t *row;

    int status = selection_begin(&s, c, "created_at", SORT_ASC);
    if (status != 0)
        return status;
    json_array_foreach(state_table(&c->forge->state, COMMENTS), i, row)
    {
        int64_t of = row_int(row, "thread");
        const json_t *thread = state_row(&c->forge->state, THREADS, of);

        if ((number == 0 || number == of) && thread && !row_flag(thread, "deleted") &&
            selection_has(&s, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->comment);
}

int gitea_comments_of_repo(struct call *c)
{
    return list_comments(c, 0);
}

int gitea_comments_of_issue(struct call *c)
{
    int status;
    const json_t *thread = call_thread(c, &status);

    return thread ? list_comments(c, row_int(thread, "id")) : status;
}
