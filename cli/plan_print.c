/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/action.h"

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

static int print_action(void *ctx, const struct action *a, struct err *err)
{
    struct buf *out = ctx;
    json_t *body = NULL;
    int rc = json_parse(&body, a->body, strlen(a->body), a->key, err);

    if (rc < 0)
        return rc;
    buf_printf(out, "  %s", words[a->kind].verb);
    if (a->number > 0)
        buf_printf(out, " on #%lld", (long long)a->number);
    buf_printf(out, "  [%s]%s\n", a->key,
               a->state == ACTION_SENT ? " (sent before, its answer is not known)" : "");
    if (a->reason[0]) {
        buf_add_str(out, "    why: ");
        add_value(out, a->reason);
    }
    for (const char *const *field = words[a->kind].fields; *field; field++)
        add_field(out, body, *field);
    json_decref(body);
    return 0;
}

int plan_print(struct buf *out, struct db *db, int64_t repo_id, struct err *err)
{
    size_t before = out->len;
    int rc = action_each(db, repo_id, UNFINISHED, print_action, out, err);

    if (rc == 0 && out->len == before)
        buf_add_str(out, "  nothing\n");
    return rc < 0 ? rc : buf_check(out, "the plan", err);
}

static int add_action(void *ctx, const struct action *a, struct err *err)
{
    json_t *list = ctx, *body = NULL;
    int rc = json_parse(&body, a->body, strlen(a->body), a->key, err);

    if (rc < 0)
        return rc;
    (void)json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:o}", "key",
                                                a->key, "kind", action_kind_name(a->kind),
                                                "thread", (json_int_t)a->number, "rule",
                                                a->rule, "reason", a->reason, "state",
                                                action_state_name(a->state), "body", body));
    return 0;
}

int plan_json(json_t **ret, struct db *db, int64_t repo_id, struct err *err)
{
    json_t *list = json_array();
    int rc = action_each(db, repo_id, UNFINISHED, add_action, list, err);

    if (rc < 0) {
        json_decref(list);
        return rc;
    }
    *ret = list;
    return 0;
}
