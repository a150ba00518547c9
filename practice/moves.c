/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/moves.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

static void set_now(const struct forge *f, json_t *row, const char *key)
{
    char now[RFC3339_SIZE];

    row_set_str(row, key, forge_now_text(f, now));
}

void move_touch(struct forge *f, json_t *thread)
{
    set_now(f, thread, "updated_at");
}

json_t *move_event(struct forge *f, const char *who, const json_t *thread, const char *event,
                   json_t *details)
{
    json_t *row = json_pack("{s:I, s:s, s:s?}", "thread", (json_int_t)row_int(thread, "id"),
                            "event", event, "actor", who);

    set_now(f, row, "created_at");
    if (details)
        (void)json_object_update(row, details);
    json_decref(details);
    return state_add(&f->state, EVENTS, row);
}

json_t *move_open_issue(struct forge *f, const char *who, const char *title, const char *body)
{
    const json_t *threads = state_table(&f->state, THREADS);
    const json_t *last = json_array_get(threads, json_array_size(threads) - 1);
    json_t *row = json_pack(
        "{s:I, s:I, s:s, s:s?, s:s, s:s, s:n, s:b, s:n, s:[], s:[], s:i, s:n, s:n, s:{}, s:n}",
        "id", (json_int_t)row_int(last, "id") + 1, "issue_id",
        (json_int_t)state_next_id(&f->state), "title", title, "body", body, "user", who,
        "state", "open", "state_reason", "locked", 0, "lock_reason", "labels", "assignees",
        "comments", 0, "closed_at", "closed_by", "reactions", "pull");

    set_now(f, row, "created_at");
    set_now(f, row, "updated_at");
    return state_add(&f->state, THREADS, row);
}

void move_retitle(struct forge *f, const char *who, json_t *thread, const char *title)
{
    if (strcmp(row_str(thread, "title"), title) == 0)
        return;
    (void)move_event(
        f, who, thread, "renamed",
        json_pack("{s:{s:s, s:s}}", "rename", "from", row_str(thread, "title"), "to", title));
    row_set_str(thread, "title", title);
    move_touch(f, thread);
}

void move_rewrite(struct forge *f, json_t *thread, const char *body)
{
    row_set_str(thread, "body", body);
    move_touch(f, thread);
}

void move_close(struct forge *f, const char *who, json_t *thread, const char *reason)
{
    if (strcmp(row_str(thread, "state"), "closed") == 0)
        return;
    row_set_str(thread, "state", "closed");
    row_set_str(thread, "state_reason", row_has(thread, "pull") ? NULL : reason);
    row_set_str(thread, "closed_by", who);
    set_now(f, thread, "closed_at");
    move_touch(f, thread);
    (void)move_event(
        f, who, thread, "closed",
        json_pack("{s:O}", "state_reason", json_object_get(thread, "state_reason")));
}

void move_reopen(struct forge *f, const char *who, json_t *thread)
{
    if (strcmp(row_str(thread, "state"), "open") == 0)
        return;
    row_set_str(thread, "state", "open");
    row_set_str(thread, "state_reason", row_has(thread, "pull") ? NULL : "reopened");
    row_set_str(thread, "closed_by", NULL);
    row_set_str(thread, "closed_at", NULL);
    move_touch(f, thread);
    (void)move_event(f, who, thread, "reopened", NULL);
}

void move_lock(struct forge *f, const char *who, json_t *thread, const char *reason)
{
    row_set(thread, "locked", json_true());
    row_set_str(thread, "lock_reason", reason);
    move_touch(f, thread);
    (void)move_event(f, who, thread, "locked", json_pack("{s:s?}", "lock_reason", reason));
}

void move_unlock(struct forge *f, const char *who, json_t *thread)
{
    row_set(thread, "locked", json_false());
    row_set_str(thread, "lock_reason", NULL);
    move_touch(f, thread);
    (void)move_event(f, who, thread, "unlocked", NULL);
}

void move_delete_thread(struct forge *f, json_t *thread)
{
    row_set(thread, "deleted", json_true());
    move_touch(f, thread);
}

void move_transfer(struct forge *f, const char *who, json_t *thread, const char *to)
{
    (void)move_event(f, who, thread, "transferred", NULL);
    row_set_str(thread, "transferred_to", to);
    move_delete_thread(f, thread);
}

void move_convert(struct forge *f, const char *who, json_t *thread)
{
    move_close(f, who, thread, "completed");
    move_lock(f, who, thread, NULL);
    (void)move_event(f, who, thread, "converted_to_discussion", NULL);
}

json_t *move_comment(struct forge *f, const char *who, json_t *thread, const char *body)
{
    json_t *row =
        json_pack("{s:I, s:s?, s:s, s:{}}", "thread", (json_int_t)row_int(thread, "id"), "user",
                  who, "body", body, "reactions");

    set_now(f, row, "created_at");
    set_now(f, row, "updated_at");
    row_set(thread, "comments", json_integer(row_int(thread, "comments") + 1));
    move_touch(f, thread);
    return state_add(&f->state, COMMENTS, row);
}

void move_edit(struct forge *f, json_t *entry, const char *body)
{
    row_set_str(entry, "body", body);
    set_now(f, entry, "updated_at");
}

/* Reactions go with what they were on. */
static void drop_reactions(struct forge *f, const char *on, int64_t to)
{
    const json_t *rows = state_table(&f->state, REACTIONS);

    for (size_t i = json_array_size(rows); i-- > 0;) {
        const json_t *row = json_array_get(rows, i);

        if (row_int(row, "to") == to && strcmp(row_str(row, "on"), on) == 0)
            state_remove(&f->state, REACTIONS, row_int(row, "id"));
    }
}

void move_delete_comment(struct forge *f, json_t *comment)
{
    json_t *thread = state_row(&f->state, THREADS, row_int(comment, "thread"));
    int64_t id = row_int(comment, "id");

    if (thread && row_int(thread, "comments") > 0)
        row_set(thread, "comments", json_integer(row_int(thread, "comments") - 1));
    if (thread && !f->deletes_unseen)
        move_touch(f, thread);
    drop_reactions(f, "comment", id);
    state_remove(&f->state, COMMENTS, id);
}

json_t *find_label(const struct forge *f, const char *name)
{
    size_t i;
    json_t *row;

    json_array_foreach(state_table(&f->state, LABELS), i, row)
    {
        if (text_equal_ignoring_case(row_str(row, "name"), name))
            return row;
    }
    return NULL;
}

json_t *move_make_label(struct forge *f, const char *name, const char *color,
                        const char *description)
{
    return state_add(&f->state, LABELS,
                     json_pack("{s:s, s:s, s:s?}", "name", name, "color",
                               color ? color : "ededed", "description", description));
}

/* The place of a label among the thread's, or the number of them. */
static size_t label_place(const json_t *names, const char *name)
{
    size_t i = 0;

    while (i < json_array_size(names) &&
           !text_equal_ignoring_case(json_string_value(json_array_get(names, i)), name))
        i++;
    return i;
}

static json_t *label_details(const json_t *label)
{
    return json_pack("{s:{s:s, s:s}}", "label", "name", row_str(label, "name"), "color",
                     row_str(label, "color"));
}

void move_label(struct forge *f, const char *who, json_t *thread, const char *name)
{
    json_t *names = json_object_get(thread, "labels");
    const json_t *label = find_label(f, name);

    if (!label)
        label = move_make_label(f, name, NULL, NULL);
    if (label_place(names, name) < json_array_size(names))
        return;
    (void)json_array_append_new(names, json_string(row_str(label, "name")));
    move_touch(f, thread);
    (void)move_event(f, who, thread, "labeled", label_details(label));
}

int move_unlabel(struct forge *f, const char *who, json_t *thread, const char *name)
{
    json_t *names = json_object_get(thread, "labels");
    const json_t *label = find_label(f, name);
    size_t place = label_place(names, name);

    if (!label || place == json_array_size(names))
        return -ERR_NOTFOUND;
    (void)json_array_remove(names, place);
    move_touch(f, thread);
    (void)move_event(f, who, thread, "unlabeled", label_details(label));
    return 0;
}

/* Threads carry labels by name, so a new name goes to each of them; NULL takes it away. */
static void rename_everywhere(const struct forge *f, const char *from, const char *to)
{
    size_t i, k;
    json_t *thread, *name;

    json_array_foreach(state_table(&f->state, THREADS), i, thread)
    {
        json_t *names = json_object_get(thread, "labels");

        json_array_foreach(names, k, name)
        {
            if (strcmp(json_string_value(name), from) != 0)
                continue;
            if (to)
                (void)json_array_set_new(names, k, json_string(to));
            else
                (void)json_array_remove(names, k);
            break;
        }
    }
}

void move_rename_label(struct forge *f, json_t *label, const char *name)
{
    rename_everywhere(f, row_str(label, "name"), name);
    if (name)
        row_set_str(label, "name", name);
    else
        state_remove(&f->state, LABELS, row_int(label, "id"));
}
