/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "bot/marker.h"
#include "cli/cmd.h"
#include "cli/operator.h"
#include "cli/results.h"
#include "store/action.h"
#include "store/db.h"

enum { TEXT_MAX_BYTES = 4 * COMMENT_MAX_CHARACTERS, BODY_MAX_BYTES = 1 << 20 };

/* The text of a kind that people may write; NULL for a kind that has none. */
static const struct {
    const char *field;
    size_t max_bytes;
} texts[] = {
    [ACTION_COMMENT] = { "body", COMMENT_MAX_CHARACTERS },
    [ACTION_LABEL_ADD] = { NULL, 0 },
    [ACTION_LABEL_REMOVE] = { NULL, 0 },
    [ACTION_STATUS] = { "description", 140 },
    [ACTION_RELEASE] = { "body", COMMENT_MAX_CHARACTERS },
    [ACTION_ASSET] = { NULL, 0 },
};

struct draft {
    enum action_kind kind;
    enum action_state state;
    json_t *body;
    char *marker; /* the hidden line that a comment begins with, "" for none */
};

static void draft_finish(struct draft *draft)
{
    json_decref(draft->body);
    free(draft->marker);
}

static int take(void *ctx, const struct action *a, struct err *err)
{
    struct draft *draft = ctx;

    draft->kind = a->kind;
    draft->state = a->state;
    return json_parse(&draft->body, a->body, strlen(a->body), a->key, err);
}

static int find(struct draft *draft, struct app *app, int64_t repo_id, const char *key,
                struct err *err)
{
    int rc = action_get(app->db, repo_id, key, take, draft, err);

    if (rc == -ERR_NOTFOUND)
        return err_set(err, ERR_NOTFOUND,
                       "no action '%s'; `hearth plan` shows the keys, in brackets", key);
    if (rc == 0 && draft->state != ACTION_PLANNED)
        return err_set(err, ERR_CONFLICT, "action '%s' is %s, not planned any more", key,
                       action_state_name(draft->state));
    return rc;
}

static int end(struct app *app, int rc, struct err *err)
{
    if (rc == 0)
        rc = db_commit(app->db, err);
    if (rc < 0)
        db_rollback(app->db);
    return rc;
}

int plan_drop(struct app *app, const char *key, struct err *err)
{
    struct draft draft = { 0 };
    char who[OPERATOR_SIZE];
    int64_t repo_id = 0;

    int rc = results_repo_id(&repo_id, app, err);
    if (rc == 0)
        rc = find(&draft, app, repo_id, key, err);
    draft_finish(&draft);
    if (rc < 0 || (rc = db_begin(app->db, DB_DURABLE, err)) < 0)
        return rc;
    const struct action_end how = { "dropped by hand", operator_name(who),
                                    clock_now(&app->clock) };
    rc = end(app, action_set_dropped(app->db, repo_id, key, &how, err), err);
    if (rc == 0)
        (void)printf("dropped %s\n", key);
    return rc;
}

/* Editing ---------------------------------------------------------------------------------- */

/* What the person sees: the text without the marker's line, ending with a line end. */
static void show_text(struct buf *text, struct draft *draft)
{
    const char *field = texts[draft->kind].field;
    const char *value = json_string_value(json_object_get(draft->body, field));
    char rule[MARKER_MAX_RULE];

    value = value ? value : "";
    if (draft->kind == ACTION_COMMENT && marker_rule(rule, value)) {
        size_t len = strcspn(value, "\n");
        draft->marker = xstrndup(value, len + (value[len] == '\n'));
        value += strlen(draft->marker);
    }
    buf_add_str(text, value);
    if (text->len > 0 && text->data[text->len - 1] != '\n')
        buf_add_char(text, '\n');
}

static int read_standard_input(struct buf *text, struct err *err)
{
    char part[4096];
    size_t n;

    buf_clear(text);
    while ((n = fread(part, 1, sizeof(part), stdin)) > 0)
        buf_add(text, part, n);
    return ferror(stdin) ? err_errno(err, "cannot read standard input") : 0;
}

static int get_text(struct buf *text, const char *file, struct err *err)
{
    int rc;

    if (!file)
        rc = operator_edit(text, err);
    else if (strcmp(file, "-") == 0)
        rc = read_standard_input(text, err);
    else {
        buf_clear(text);
        rc = fs_read(text, file, err);
    }
    return rc < 0 ? rc : buf_check(text, "the new text", err);
}

/* Line ends at its end are not part of it. */
static int check_text(struct buf *text, const struct draft *draft, struct err *err)
{
    size_t max = texts[draft->kind].max_bytes, len = text->len;

    while (len > 0 && strchr("\r\n", text->data[len - 1]))
        len--;
    buf_truncate(text, len);
    if (len == 0)
        return err_set(err, ERR_REFUSED, "an empty text; `hearth plan --drop` sends nothing");
    if (strlen(text->data) != len || !text_is_utf8(text->data, len))
        return err_set(err, ERR_PARSE, "the new text is not UTF-8");
    if (len + (draft->marker ? strlen(draft->marker) : 0) > max)
        return err_set(err, ERR_LIMIT, "the new text has %zu bytes; %zu may stand here", len,
                       max);
    return 0;
}

/* *ret_body is the caller's: NULL when nothing was changed. */
static int write_draft(char **ret_body, struct draft *draft, const char *file, struct err *err)
{
    const char *field = texts[draft->kind].field;
    struct buf text, whole;

    buf_init(&text, TEXT_MAX_BYTES);
    buf_init(&whole, BODY_MAX_BYTES);
    show_text(&text, draft);
    int rc = get_text(&text, file, err);
    if (rc == 0)
        rc = check_text(&text, draft, err);
    buf_printf(&whole, "%s%s", draft->marker ? draft->marker : "", text.data);
    if (rc == 0 &&
        !comment_is_same(whole.data, json_string_value(json_object_get(draft->body, field)))) {
        (void)json_object_set_new(draft->body, field, json_string(whole.data));
        buf_clear(&whole);
        json_write(&whole, draft->body, 0);
        rc = buf_check(&whole, "the new text", err);
        if (rc == 0)
            *ret_body = buf_take(&whole);
    }
    buf_finish(&text);
    buf_finish(&whole);
    return rc;
}

static int store(struct app *app, int64_t repo_id, const char *key, const char *body,
                 struct err *err)
{
    char who[OPERATOR_SIZE];
    const struct action_edit edit = { repo_id, key, body, operator_name(who),
                                      clock_now(&app->clock) };
    int rc = db_begin(app->db, DB_DURABLE, err);

    return rc < 0 ? rc : end(app, action_edit(app->db, &edit, err), err);
}

int plan_edit(struct app *app, const char *key, const char *file, struct err *err)
{
    struct draft draft = { 0 };
    int64_t repo_id = 0;
    char *body = NULL;

    int rc = results_repo_id(&repo_id, app, err);
    if (rc == 0)
        rc = find(&draft, app, repo_id, key, err);
    if (rc == 0 && !texts[draft.kind].field)
        rc = err_set(err, ERR_USAGE, "action '%s' has no text to edit", key);
    if (rc == 0)
        rc = write_draft(&body, &draft, file, err);
    if (rc == 0 && body)
        rc = store(app, repo_id, key, body, err);
    if (rc == 0)
        (void)printf("%s %s\n", body ? "edited" : "left as it was:", key);
    draft_finish(&draft);
    free(body);
    return rc;
}
