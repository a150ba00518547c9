/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/load_rows.h"

#include <string.h>

#include "base/err.h"
#include "base/parse.h"
#include "base/rfc3339.h"
#include "practice/moves.h"

enum { NAME_MAX_BYTES = 100 };

/* Leaves room for as many ids again, and is a whole number in every JSON reader. */
static const int64_t max_id = (int64_t)1 << 52;

void load_check_name(struct load *l, const char *key, const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.[]";
    size_t len = strlen(name);

    if (len == 0 || len > NAME_MAX_BYTES || strspn(name, letters) != len || name[0] == '.')
        json_fail(&l->r, key, ERR_RANGE, "a name has 1 to %d letters of A-Z a-z 0-9 - _ . [ ]",
                  NAME_MAX_BYTES);
}

const char *load_login(struct load *l, const json_t *obj, const char *key)
{
    const json_t *user = json_obj(&l->r, obj, key, JSON_OPTIONAL);

    if (!user)
        return NULL;
    size_t mark = json_enter(&l->r, key);
    const char *login = json_str(&l->r, user, "login", JSON_REQUIRED);
    const char *type = json_str(&l->r, user, "type", JSON_OPTIONAL);
    int64_t id = json_i64_or(&l->r, user, "id", 1, max_id, 0);
    load_check_name(l, "login", login);
    json_leave(&l->r, mark);
    if (l->r.first.code != 0)
        return NULL;
    if (!state_user(&l->f->state, login)) {
        json_t *row = state_set_user(&l->f->state, login, NULL);

        if (id > 0)
            row_set(row, "id", json_integer(id));
        if (*type)
            row_set_str(row, "type", type);
    }
    return login;
}

void load_time(struct load *l, json_t *row, const json_t *obj, const char *key,
               enum load_missing missing)
{
    char text[RFC3339_SIZE];
    int64_t at = json_time(&l->r, obj, key, JSON_OPTIONAL);

    if (at == 0 && missing == LOAD_NULL)
        row_set_str(row, key, NULL);
    else
        row_set_str(row, key, rfc3339_format(text, at != 0 ? at : forge_time(l->f)));
}

void load_id(struct load *l, json_t *row, const json_t *obj)
{
    int64_t id = json_i64_or(&l->r, obj, "id", 1, max_id, 0);

    if (id > 0)
        row_set(row, "id", json_integer(id));
}

json_t *load_sums(struct load *l, const json_t *obj)
{
    static const char *const contents[] = { "+1",       "-1",    "laugh",  "hooray",
                                            "confused", "heart", "rocket", "eyes" };
    const json_t *given = json_obj(&l->r, obj, "reactions", JSON_OPTIONAL);
    json_t *sums = json_object();

    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        int64_t n = json_i64_or(&l->r, given, contents[i], 0, INT32_MAX, 0);

        if (n > 0)
            row_set(sums, contents[i], json_integer(n));
    }
    return sums;
}

/* Names of labels that the repository may not have yet. */
static json_t *label_names(struct load *l, const json_t *issue)
{
    json_t *names = json_array(), *label;
    size_t i;

    json_array_foreach(json_arr(&l->r, issue, "labels", JSON_OPTIONAL), i, label)
    {
        const char *name = json_is_string(label)
                               ? json_string_value(label)
                               : json_str(&l->r, label, "name", JSON_REQUIRED);

        if (!find_label(l->f, name))
            (void)move_make_label(l->f, name, NULL, NULL);
        (void)json_array_append_new(names, json_string(name));
    }
    return names;
}

static json_t *assignee_logins(struct load *l, const json_t *issue)
{
    json_t *logins = json_array(), *user;
    size_t i;

    json_array_foreach(json_arr(&l->r, issue, "assignees", JSON_OPTIONAL), i, user)
    {
        json_t *holder = json_pack("{s:O}", "user", user);
        const char *login = load_login(l, holder, "user");

        if (login)
            (void)json_array_append_new(logins, json_string(login));
        json_decref(holder);
    }
    return logins;
}

static void set_optional(struct load *l, json_t *row, const char *to, const json_t *obj,
                         const char *key)
{
    const char *text = json_str(&l->r, obj, key, JSON_OPTIONAL);

    row_set_str(row, to, row_has(obj, key) ? text : NULL);
}

json_t *load_thread_row(struct load *l, const json_t *issue)
{
    int64_t number = json_i64(&l->r, issue, "number", 1, INT32_MAX);
    json_t *row = json_pack("{s:I, s:s, s:s, s:b, s:I}", "id", (json_int_t)number, "title",
                            json_str(&l->r, issue, "title", JSON_REQUIRED), "state",
                            json_str(&l->r, issue, "state", JSON_REQUIRED), "locked",
                            json_bool_or(&l->r, issue, "locked", false), "comments",
                            (json_int_t)json_i64_or(&l->r, issue, "comments", 0, INT32_MAX, 0));
    const char *user = load_login(l, issue, "user");
    int64_t id = json_i64_or(&l->r, issue, "id", 1, max_id, 0);

    row_set(row, "issue_id", json_integer(id > 0 ? id : state_next_id(&l->f->state)));
    row_set_str(row, "user", user ? user : "ghost");
    row_set_str(row, "closed_by", load_login(l, issue, "closed_by"));
    set_optional(l, row, "body", issue, "body");
    set_optional(l, row, "state_reason", issue, "state_reason");
    set_optional(l, row, "lock_reason", issue, "active_lock_reason");
    row_set(row, "labels", label_names(l, issue));
    row_set(row, "assignees", assignee_logins(l, issue));
    row_set(row, "reactions", load_sums(l, issue));
    load_time(l, row, issue, "created_at", LOAD_NOW);
    load_time(l, row, issue, "updated_at", LOAD_NOW);
    load_time(l, row, issue, "closed_at", LOAD_NULL);
    row_set(row, "pull", json_null());
    if (row_has(issue, "pull_request"))
        row_set(row, "pull", load_pull_row(l, json_object_get(issue, "pull_request")));
    return row;
}

/* head and base may be missing: an issue that is a PR says little of it. */
static void set_end(struct load *l, json_t *row, const json_t *pull, const char *end)
{
    static const char zeros[] = "0000000000000000000000000000000000000000";
    const json_t *given = json_obj(&l->r, pull, end, JSON_OPTIONAL);
    bool is_head = strcmp(end, "head") == 0;
    size_t mark = json_enter(&l->r, end);
    const char *sha = json_str(&l->r, given, "sha", JSON_OPTIONAL);
    const char *ref = json_str(&l->r, given, "ref", JSON_OPTIONAL);

    row_set_str(row, is_head ? "head_sha" : "base_sha", *sha ? sha : zeros);
    row_set_str(row, is_head ? "head_ref" : "base_ref", *ref ? ref : "main");
    if (is_head)
        row_set_str(row, "head_owner", load_login(l, given, "user"));
    json_leave(&l->r, mark);
}

json_t *load_pull_row(struct load *l, const json_t *pull)
{
    int64_t id = json_i64_or(&l->r, pull, "id", 1, max_id, 0);
    json_t *row =
        json_pack("{s:I, s:b}", "id", (json_int_t)(id > 0 ? id : state_next_id(&l->f->state)),
                  "draft", json_bool_or(&l->r, pull, "draft", false));

    set_end(l, row, pull, "head");
    set_end(l, row, pull, "base");
    load_time(l, row, pull, "merged_at", LOAD_NULL);
    row_set_str(row, "merged_by", load_login(l, pull, "merged_by"));
    set_optional(l, row, "merge_commit_sha", pull, "merge_commit_sha");
    return row;
}

/* The number at the end of a URL, if there is such a thread; 0 and a fault otherwise. */
static int64_t thread_at(struct load *l, const json_t *obj, const char *key)
{
    const char *url = json_str(&l->r, obj, key, JSON_REQUIRED);
    const char *slash = strrchr(url, '/');
    int64_t number = 0;

    if (!slash || parse_i64(&number, slash + 1, 1, INT32_MAX, key, NULL) < 0 ||
        !state_row(&l->f->state, THREADS, number))
        json_fail(&l->r, key, ERR_NOTFOUND, "there is no such thread: '%s'", url);
    return number;
}

json_t *load_entry_row(struct load *l, const json_t *comment, const char *url_key)
{
    json_t *row = json_pack("{s:I, s:s}", "thread", (json_int_t)thread_at(l, comment, url_key),
                            "body", json_str(&l->r, comment, "body", JSON_OPTIONAL));

    load_id(l, row, comment);
    row_set_str(row, "user", load_login(l, comment, "user"));
    load_time(l, row, comment, "created_at", LOAD_NOW);
    load_time(l, row, comment, "updated_at", LOAD_NOW);
    return row;
}

json_t *load_event_row(struct load *l, const json_t *event)
{
    static const char *const kept[] = {
        "label",    "rename",    "commit_id",        "lock_reason",
        "assignee", "milestone", "review_requester", "requested_reviewer"
    };
    const json_t *issue = json_obj(&l->r, event, "issue", JSON_REQUIRED);
    size_t mark = json_enter(&l->r, "issue");
    int64_t number = json_i64(&l->r, issue, "number", 1, INT32_MAX);
    json_t *row = json_pack("{s:I, s:s}", "thread", (json_int_t)number, "event", "");

    if (!state_row(&l->f->state, THREADS, number))
        json_fail(&l->r, "number", ERR_NOTFOUND, "there is no such thread");
    json_leave(&l->r, mark);
    row_set_str(row, "event", json_str(&l->r, event, "event", JSON_REQUIRED));
    load_id(l, row, event);
    row_set_str(row, "actor", load_login(l, event, "actor"));
    load_time(l, row, event, "created_at", LOAD_NOW);
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (row_has(event, kept[i]))
            (void)json_object_set(row, kept[i], json_object_get(event, kept[i]));
    }
    return row;
}
