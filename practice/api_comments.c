/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/api.h"

#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"
#include "practice/moves.h"
#include "practice/select.h"

enum { COMMENT_MAX_CHARS = 65536 };

static const char *const comment_sorts[] = { "created", "updated", NULL };

static bool is_shown(const struct call *c, const json_t *row)
{
    const json_t *thread = state_row(&c->forge->state, THREADS, row_int(row, "thread"));

    return thread && !row_flag(thread, "deleted");
}

int api_comments_of_repo(struct call *c)
{
    struct selection s;
    int status = selection_init(&s, c, comment_sorts, SORT_ASC);
    size_t i;
    json_t *row;

    if (status != 0)
        return status;
    json_array_foreach(state_table(&c->forge->state, COMMENTS), i, row)
    {
        if (is_shown(c, row) && selection_has(&s, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->comment);
}

int api_comments_of_issue(struct call *c)
{
    struct selection s;
    size_t i;
    json_t *row;
    int status;
    const json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    status = selection_init(&s, c, comment_sorts, SORT_ASC);
    if (status != 0)
        return status;
    json_array_foreach(state_table(&c->forge->state, COMMENTS), i, row)
    {
        if (row_int(row, "thread") == row_int(thread, "id") && selection_has(&s, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->comment);
}

int api_comment_get(struct call *c)
{
    const json_t *comment = call_row(c, COMMENTS, "id");

    if (!comment)
        return call_not_found(c);
    call_last_modified(c, comment);
    return call_show(c, 200, c->shapes->comment(&c->view, comment));
}

/* The body of the request, or NULL with the 422 set. Characters, not bytes, are counted. */
static const char *checked_body(struct call *c, int *ret_status)
{
    const char *body = call_text(c, "body");
    size_t chars = 0;

    for (const char *p = body; p && *p; p++)
        chars += ((unsigned char)*p & 0xC0) != 0x80;
    if (body && chars > 0 && chars <= COMMENT_MAX_CHARS)
        return body;
    *ret_status = call_invalid(c, "IssueComment", chars > 0 ? "data" : "body",
                               chars > 0 ? "unprocessable" : "missing_field");
    if (chars > 0)
        row_set_str(json_array_get(json_object_get(c->out, "errors"), 0), "message",
                    "Body is too long (maximum is 65536 characters)");
    return NULL;
}

int api_comment_create(struct call *c)
{
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    if (row_flag(thread, "locked") && !call_may(c, RIGHT_TRIAGE))
        return call_error(c, 403, "Unable to create comment because issue is locked.");
    const char *body = checked_body(c, &status);
    if (!body)
        return status;
    return call_show(
        c, 201, c->shapes->comment(&c->view, move_comment(c->forge, c->view.me, thread, body)));
}

/* The comment, or NULL with the status set when it is not there or not the caller's. */
static json_t *own_comment(struct call *c, int *ret_status)
{
    json_t *comment = call_row(c, COMMENTS, "id");

    if (!comment) {
        *ret_status = call_not_found(c);
        return NULL;
    }
    if (!call_may(c, RIGHT_PUSH) && strcmp(row_str(comment, "user"), c->view.me) != 0) {
        *ret_status = call_error(c, 403, "Must have admin rights to Repository.");
        return NULL;
    }
    return comment;
}

int api_comment_edit(struct call *c)
{
    int status;
    json_t *comment = own_comment(c, &status);
    const char *body = comment ? checked_body(c, &status) : NULL;

    if (!body)
        return status;
    move_edit(c->forge, comment, body);
    return call_show(c, 200, c->shapes->comment(&c->view, comment));
}

int api_comment_delete(struct call *c)
{
    int status;
    json_t *comment = own_comment(c, &status);

    if (!comment)
        return status;
    move_delete_comment(c->forge, comment);
    return call_show(c, 204, NULL);
}
