/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/moves.h"
#include "practice/select.h"

enum { TITLE_MAX_BYTES = 1024 };

static bool has_labels(const json_t *thread, const char *wanted)
{
    const json_t *names = json_object_get(thread, "labels");

    for (const char *p = wanted; *p;) {
        size_t len = strcspn(p, ","), i;
        bool is_there = false;
        json_t *name;

        json_array_foreach(names, i, name)
        {
            is_there = is_there || (json_string_length(name) == len &&
                                    memcmp(json_string_value(name), p, len) == 0);
        }
        if (!is_there)
            return false;
        p += len + (p[len] == ',');
    }
    return true;
}

static bool is_wanted(const struct call *c, const json_t *thread)
{
    const char *state = call_arg(c, "state", "open");
    const char *creator = call_arg(c, "creator", NULL);

    if (row_flag(thread, "deleted") || state_hides(&c->forge->state, thread))
        return false;
    if (strcmp(state, "all") != 0 && strcmp(state, row_str(thread, "state")) != 0)
        return false;
    if (creator && strcmp(creator, row_str(thread, "user")) != 0)
        return false;
    return has_labels(thread, call_arg(c, "labels", ""));
}

static const char *const issue_sorts[] = { "created", "updated", "comments", NULL };

int api_issues_list(struct call *c)
{
    struct selection s;
    int status = selection_init(&s, c, issue_sorts, SORT_DESC);
    size_t i;
    json_t *row;

    if (status != 0)
        return status;
    json_array_foreach(state_table(&c->forge->state, THREADS), i, row)
    {
        if (is_wanted(c, row) && selection_has(&s, row))
            (void)json_array_append(s.rows, row);
    }
    return call_list(c, selection_take(&s), c->shapes->issue);
}

/* Labels of a body: names, or objects with a name. Strangers' are dropped, as on GitHub. */
static void label_all(struct call *c, json_t *thread, const json_t *labels)
{
    size_t i;
    json_t *label;

    if (!call_may(c, RIGHT_TRIAGE))
        return;
    json_array_foreach(labels, i, label)
    {
        const char *name =
            json_is_object(label) ? row_str(label, "name") : json_string_value(label);
        if (name && *name)
            move_label(c->forge, c->view.me, thread, name);
    }
}

int api_issues_create(struct call *c)
{
    const char *title = call_text(c, "title");

    if (!title || !*title)
        return call_invalid(c, "Issue", "title", "missing_field");
    if (strlen(title) > TITLE_MAX_BYTES)
        return call_invalid(c, "Issue", "title", "too_long");
    json_t *thread = move_open_issue(c->forge, c->view.me, title, call_text(c, "body"));
    label_all(c, thread, json_object_get(c->in, "labels"));
    return call_show(c, 201, c->shapes->issue(&c->view, thread));
}

int api_issue_get(struct call *c)
{
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    call_last_modified(c, thread);
    return call_show(c, 200, c->shapes->issue(&c->view, thread));
}

/* Authors may change their own threads, triagers everybody's. */
static bool may_edit(const struct call *c, const json_t *row, enum right right)
{
    return call_may(c, right) || strcmp(row_str(row, "user"), c->view.me) == 0;
}

static void set_state(struct call *c, json_t *thread, const char *state)
{
    const char *reason = call_text(c, "state_reason");

    if (strcmp(state, "closed") == 0)
        move_close(c->forge, c->view.me, thread, reason ? reason : "completed");
    else
        move_reopen(c->forge, c->view.me, thread);
}

int api_issue_edit(struct call *c)
{
    const char *state = call_text(c, "state"), *title = call_text(c, "title");
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    if (!may_edit(c, thread, RIGHT_TRIAGE))
        return call_error(c, 403, "Must have admin rights to Repository.");
    if (state && strcmp(state, "open") != 0 && strcmp(state, "closed") != 0)
        return call_invalid(c, "Issue", "state", "invalid");
    if (title && (!*title || strlen(title) > TITLE_MAX_BYTES))
        return call_invalid(c, "Issue", "title", "invalid");
    if (title)
        move_retitle(c->forge, c->view.me, thread, title);
    if (json_object_get(c->in, "body"))
        move_rewrite(c->forge, thread, call_text(c, "body"));
    if (json_object_get(c->in, "labels"))
        label_all(c, thread, json_object_get(c->in, "labels"));
    if (state)
        set_state(c, thread, state);
    return call_show(c, 200, c->shapes->issue(&c->view, thread));
}

int api_issue_lock(struct call *c)
{
    static const char *const reasons[] = { "off-topic", "too heated", "resolved", "spam" };
    const char *reason = call_text(c, "lock_reason");
    bool is_known = !reason;
    int status;
    json_t *thread = call_thread(c, &status);

    for (size_t i = 0; reason && i < sizeof(reasons) / sizeof(reasons[0]); i++)
        is_known = is_known || strcmp(reasons[i], reason) == 0;
    if (!thread)
        return status;
    if (!is_known)
        return call_invalid(c, "Issue", "lock_reason", "invalid");
    move_lock(c->forge, c->view.me, thread, reason);
    return call_show(c, 204, NULL);
}

int api_issue_unlock(struct call *c)
{
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    move_unlock(c->forge, c->view.me, thread);
    return call_show(c, 204, NULL);
}

static json_t *as_it_is(const struct view *v, const json_t *entry)
{
    (void)v;
    return json_copy((json_t *)(uintptr_t)entry);
}

int api_issue_timeline(struct call *c)
{
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    return call_list(c, render_timeline(&c->view, thread), as_it_is);
}

static json_t *event_in_issue(const struct view *v, const json_t *event)
{
    return render_event(v, event, EVENT_IN_ISSUE);
}

static json_t *event_in_repo(const struct view *v, const json_t *event)
{
    return render_event(v, event, EVENT_IN_REPO);
}

/* Of one thread, or of all (0) that are there, in their order. */
static json_t *shown_events(const struct call *c, int64_t number)
{
    json_t *rows = json_array(), *event;
    size_t i;

    json_array_foreach(state_table(&c->forge->state, EVENTS), i, event)
    {
        int64_t of = row_int(event, "thread");
        const json_t *thread = state_row(&c->forge->state, THREADS, of);

        if ((number == 0 || number == of) && thread && !row_flag(thread, "deleted") &&
            strcmp(row_str(event, "event"), EVENT_PUSHED) != 0)
            (void)json_array_append(rows, event);
    }
    return rows;
}

int api_issue_events(struct call *c)
{
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    return call_list(c, shown_events(c, row_int(thread, "id")), event_in_issue);
}

/* Of all issues, the newest first. */
int api_repo_events(struct call *c)
{
    json_t *events = shown_events(c, 0), *rows = json_array();

    for (size_t i = json_array_size(events); i-- > 0;)
        (void)json_array_append(rows, json_array_get(events, i));
    json_decref(events);
    return call_list(c, rows, event_in_repo);
}
