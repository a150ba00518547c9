/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/git.h"
#include "store/action.h"
#include "store/entry.h"

enum { DIFF_MAX_BYTES = 1 << 20 };

static const unsigned UNFINISHED = 1u << ACTION_PLANNED | 1u << ACTION_SENT;

/* How a kind is said; then fields of its body that are shown as they are, ends with NULL. */
static const struct {
    const char *verb;
    const char *fields[6];
} words[] = {
    [ACTION_COMMENT] = { "write a comment", { "body", NULL } },
    [ACTION_LABEL_ADD] = { "add a label", { "name", NULL } },
    [ACTION_LABEL_REMOVE] = { "remove a label", { "name", NULL } },
    [ACTION_STATUS] = { "set a commit status",
                        { "sha", "context", "state", "description", "target_url", NULL } },
    [ACTION_RELEASE] = { "make a release", { "tag", "target_sha", "name", "body", NULL } },
    [ACTION_ASSET] = { "upload a file", { "tag", "name", "content_type", "path", NULL } },
};

/* Indents every line of a value; a stranger's control characters cannot reach the terminal. */
static void add_value(struct buf *out, const char *value)
{
    for (const char *at = value; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (*at == '\n' && at[1])
            buf_add_str(out, "\n      | ");
        else if (byte == '\t' || (byte >= 0x20 && byte != 0x7f))
            buf_add_char(out, *at);
    }
    buf_add_char(out, '\n');
}

static void add_field(struct buf *out, const json_t *body, const char *name)
{
    const char *value = json_string_value(json_object_get(body, name));

    if (!value || !value[0])
        return;
    buf_printf(out, "    %s:%s", name, strchr(value, '\n') ? "\n      | " : " ");
    add_value(out, value);
}

struct print {
    struct buf *out;
    struct db *db;
};

static int take_body(void *ctx, const struct own_comment *c, struct err *err)
{
    char **body = ctx;

    (void)err;
    *body = xstrdup(c->body);
    return 0;
}

/* *ret, the caller's: what stands on the forge where this text would; NULL for nothing. */
static int find_standing(char **ret, struct db *db, const struct action *a, struct err *err)
{
    *ret = NULL;
    if (a->kind != ACTION_COMMENT)
        return 0;
    int rc = own_comment_find(db, a->repo_id, a->number, a->rule, take_body, ret, err);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

static const char *text_of(const json_t *body)
{
    const char *text = json_string_value(json_object_get(body, "body"));

    return text ? text : "";
}

static void print_head(struct buf *out, const struct action *a, const char *verb)
{
    buf_printf(out, "  %s", verb);
    if (a->number > 0)
        buf_printf(out, " on #%lld", (long long)a->number);
    buf_printf(out, "  [%s]%s\n", a->key,
               a->state == ACTION_SENT ? " (sent before, its answer is not known)" : "");
    if (a->reason[0]) {
        buf_add_str(out, "    why: ");
        add_value(out, a->reason);
    }
    if (a->caused_by[0]) {
        buf_add_str(out, "    asked for by: @");
        add_value(out, a->caused_by);
    }
    if (a->edited_by[0]) {
        buf_add_str(out, "    edited by: ");
        add_value(out, a->edited_by);
    }
}

static int print_change(struct buf *out, const char *standing, const json_t *body,
                        struct err *err)
{
    struct buf diff;

    buf_init(&diff, DIFF_MAX_BYTES);
    int rc = git_diff_texts(&diff, standing, text_of(body), err);
    buf_add_str(out, diff.len > 0 ? "    body, against what stands there:\n      | "
                                  : "    body: as it stands there");
    add_value(out, diff.data);
    buf_finish(&diff);
    return rc;
}

static int print_action(void *ctx, const struct action *a, struct err *err)
{
    const struct print *print = ctx;
    char *standing = NULL;
    json_t *body = NULL;
    int rc = json_parse(&body, a->body, strlen(a->body), a->key, err);

    if (rc == 0)
        rc = find_standing(&standing, print->db, a, err);
    if (rc < 0) {
        json_decref(body);
        return rc;
    }
    print_head(print->out, a, standing ? "change the comment" : words[a->kind].verb);
    if (standing)
        rc = print_change(print->out, standing, body, err);
    for (const char *const *field = words[a->kind].fields; *field && !standing; field++)
        add_field(print->out, body, *field);
    json_decref(body);
    free(standing);
    return rc;
}

int plan_print(struct buf *out, struct db *db, int64_t repo_id, struct err *err)
{
    struct print print = { out, db };
    size_t before = out->len;
    int rc = action_each(db, repo_id, UNFINISHED, print_action, &print, err);

    if (rc == 0 && out->len == before)
        buf_add_str(out, "  nothing\n");
    return rc < 0 ? rc : buf_check(out, "the plan", err);
}

struct listing {
    json_t *list;
    struct db *db;
};

static int add_action(void *ctx, const struct action *a, struct err *err)
{
    const struct listing *listing = ctx;
    char *standing = NULL;
    json_t *body = NULL;
    struct buf diff;
    int rc = json_parse(&body, a->body, strlen(a->body), a->key, err);

    buf_init(&diff, DIFF_MAX_BYTES);
    if (rc == 0)
        rc = find_standing(&standing, listing->db, a, err);
    if (rc == 0 && standing)
        rc = git_diff_texts(&diff, standing, text_of(body), err);
    if (rc == 0)
        (void)json_array_append_new(
            listing->list,
            json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:O, s:s, s:s, s:s}", "key", a->key,
                      "kind", action_kind_name(a->kind), "thread", (json_int_t)a->number,
                      "rule", a->rule, "reason", a->reason, "state",
                      action_state_name(a->state), "body", body, "diff", diff.data, "caused_by",
                      a->caused_by, "edited_by", a->edited_by));
    buf_finish(&diff);
    json_decref(body);
    free(standing);
    return rc;
}

int plan_json(json_t **ret, struct db *db, int64_t repo_id, struct err *err)
{
    struct listing listing = { json_array(), db };
    int rc = action_each(db, repo_id, UNFINISHED, add_action, &listing, err);

    if (rc < 0) {
        json_decref(listing.list);
        return rc;
    }
    *ret = listing.list;
    return 0;
}
