/* SPDX-License-Identifier: Apache-2.0
 * POST /_practice/do: one move of one person. The keys beside "as" and "do":
 *
 *   open         title, body              comment     number, body
 *   open-pull    title, body, branch,     edit        comment (id) or number, body
 *                files or sha             delete      comment (id) or number
 *   push         number, files or sha,    label       number, label
 *                force, untold (not in    unlabel     number, label
 *                the timeline)
 *   merge        number                   review      number, verdict, body
 *   close        number, reason           react       number or comment, content
 *   reopen       number                   role        login, role
 *   retitle      number, title            rename      to (a repository name)
 *   lock         number, reason           gone        status (0, 404, 410 or 451)
 *   unlock       number                   archive     on
 *   transfer     number, to (OWNER/NAME)  convert     number (to a discussion)
 *   scopes       scopes (of the token, which is a classic one from then on)
 *   issues       on (false: they are switched off in the settings)
 *
 * files: see control_commit(); sha names a commit that was pushed before. Nobody's rights are
 * checked: that is the point. */
#include "practice/control.h"

#include <string.h>

#include "base/err.h"
#include "practice/code.h"
#include "practice/moves.h"

/* One order while it is carried out. `r` collects what is wrong with its keys. */
struct order {
    struct forge *f;
    const json_t *in;
    const char *who;
    struct json_reader r;
    json_t *row; /* the answer */
};

static const char *need(struct order *o, const char *key)
{
    return json_str(&o->r, o->in, key, JSON_REQUIRED);
}

static const char *want(struct order *o, const char *key)
{
    return row_has(o->in, key) ? json_str(&o->r, o->in, key, JSON_OPTIONAL) : NULL;
}

static json_t *row_by(struct order *o, enum table table, const char *key)
{
    int64_t id = json_i64(&o->r, o->in, key, 1, INT64_MAX);
    json_t *row = state_row(&o->f->state, table, id);

    if (!row)
        json_fail(&o->r, key, ERR_NOTFOUND, "there is no such row");
    return row;
}

static json_t *thread_of(struct order *o)
{
    return o->row = row_by(o, THREADS, "number");
}

static json_t *pull_of(struct order *o)
{
    json_t *thread = thread_of(o);

    if (thread && !row_has(thread, "pull"))
        json_fail(&o->r, "number", ERR_NOTFOUND, "is an issue, not a pull request");
    return thread;
}

static bool is_fine(const struct order *o)
{
    return o->r.first.code == 0;
}

static int do_open(struct order *o, struct err *err)
{
    const char *title = need(o, "title"), *body = want(o, "body");

    (void)err;
    if (is_fine(o))
        o->row = move_open_issue(o->f, o->who, title, body);
    return 0;
}

static int do_comment(struct order *o, struct err *err)
{
    json_t *thread = thread_of(o);
    const char *body = need(o, "body");

    (void)err;
    if (is_fine(o))
        o->row = move_comment(o->f, o->who, thread, body);
    return 0;
}

static int do_edit(struct order *o, struct err *err)
{
    const char *body = need(o, "body");

    (void)err;
    if (row_has(o->in, "comment")) {
        o->row = row_by(o, COMMENTS, "comment");
        if (is_fine(o))
            move_edit(o->f, o->row, body);
    } else if (thread_of(o) && is_fine(o)) {
        move_rewrite(o->f, o->row, body);
    }
    return 0;
}

static int do_delete(struct order *o, struct err *err)
{
    (void)err;
    if (row_has(o->in, "comment")) {
        json_t *comment = row_by(o, COMMENTS, "comment");

        if (is_fine(o))
            move_delete_comment(o->f, comment);
    } else if (thread_of(o)) {
        move_delete_thread(o->f, o->row);
    }
    return 0;
}

static int do_label(struct order *o, struct err *err)
{
    json_t *thread = thread_of(o);
    const char *label = need(o, "label");

    (void)err;
    if (is_fine(o))
        move_label(o->f, o->who, thread, label);
    return 0;
}

static int do_unlabel(struct order *o, struct err *err)
{
    json_t *thread = thread_of(o);
    const char *label = need(o, "label");

    if (is_fine(o) && move_unlabel(o->f, o->who, thread, label) < 0)
        return err_set(err, ERR_NOTFOUND, "label: the thread does not carry '%s'", label);
    return 0;
}

static int do_close(struct order *o, struct err *err)
{
    const char *reason = want(o, "reason");

    (void)err;
    if (thread_of(o) && is_fine(o))
        move_close(o->f, o->who, o->row, reason ? reason : "completed");
    return 0;
}

static int do_reopen(struct order *o, struct err *err)
{
    (void)err;
    if (thread_of(o))
        move_reopen(o->f, o->who, o->row);
    return 0;
}

static int do_retitle(struct order *o, struct err *err)
{
    const char *title = need(o, "title");

    (void)err;
    if (thread_of(o) && is_fine(o))
        move_retitle(o->f, o->who, o->row, title);
    return 0;
}

static int do_lock(struct order *o, struct err *err)
{
    const char *reason = want(o, "reason");

    (void)err;
    if (thread_of(o) && is_fine(o))
        move_lock(o->f, o->who, o->row, reason);
    return 0;
}

static int do_unlock(struct order *o, struct err *err)
{
    (void)err;
    if (thread_of(o))
        move_unlock(o->f, o->who, o->row);
    return 0;
}

static int do_review(struct order *o, struct err *err)
{
    json_t *pull = pull_of(o);
    const char *verdict = need(o, "verdict"), *body = want(o, "body");

    (void)err;
    if (is_fine(o))
        o->row = move_review(o->f, o->who, pull, verdict, body ? body : "");
    return 0;
}

static int do_react(struct order *o, struct err *err)
{
    bool on_comment = row_has(o->in, "comment"), is_new;
    const json_t *to = on_comment ? row_by(o, COMMENTS, "comment") : thread_of(o);
    const char *content = need(o, "content");

    (void)err;
    if (is_fine(o))
        o->row = move_react(o->f, o->who, on_comment ? "comment" : "issue", row_int(to, "id"),
                            content, &is_new);
    return 0;
}

/* The commit an order speaks of: named, or made of its files on top of parent. */
static int commit_of(char ret[GIT_HEX_SIZE], struct order *o, const char *parent,
                     struct err *err)
{
    if (row_has(o->in, "sha"))
        return git_resolve(ret, o->f->git, need(o, "sha"), err);
    return control_commit(ret, o->f, o->who, parent, json_object_get(o->in, "files"), err);
}

static int do_open_pull(struct order *o, struct err *err)
{
    char base[GIT_HEX_SIZE], sha[GIT_HEX_SIZE];
    struct pull_words words = { .title = need(o, "title"),
                                .body = want(o, "body"),
                                .branch = want(o, "branch"),
                                .sha = sha };

    if (!words.branch)
        words.branch = "contribution";
    if (!is_fine(o))
        return 0;
    int rc = code_head(base, o->f, err);
    if (rc == 0)
        rc = commit_of(sha, o, base, err);
    return rc < 0 ? rc : move_open_pull(&o->row, o->f, o->who, &words, err);
}

static int do_push(struct order *o, struct err *err)
{
    json_t *pull = pull_of(o);
    bool is_forced = json_bool_or(&o->r, o->in, "force", false);
    bool is_untold = json_bool_or(&o->r, o->in, "untold", false);
    char sha[GIT_HEX_SIZE];

    if (!is_fine(o))
        return 0;
    const json_t *code = json_object_get(pull, "pull");
    int rc = commit_of(sha, o, row_str(code, is_forced ? "base_sha" : "head_sha"), err);
    if (rc < 0)
        return rc;
    enum push_kind kind = is_forced ? PUSH_FORCED : PUSH_FORWARD;
    return move_push(o->f, o->who, pull, sha, is_untold ? PUSH_UNTOLD : kind, err);
}

static int do_merge(struct order *o, struct err *err)
{
    json_t *pull = pull_of(o);

    return is_fine(o) ? move_merge(o->f, o->who, pull, err) : 0;
}

static int do_role(struct order *o, struct err *err)
{
    static const char *const roles[] = {
        "none", "read", "triage", "write", "maintain", "admin"
    };
    const char *login = need(o, "login"), *role = need(o, "role");
    bool is_known = false;

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        is_known = is_known || strcmp(roles[i], role) == 0;
    if (is_fine(o) && !is_known)
        return err_set(err, ERR_RANGE, "role: no such role: '%s'", role);
    if (is_fine(o))
        o->row = state_set_user(&o->f->state, login, role);
    return 0;
}

/* The old name answers with redirects from now on; git finds it under both. */
static int do_rename(struct order *o, struct err *err)
{
    json_t *repo = state_repo(&o->f->state);
    const char *to = need(o, "to");

    if (!is_fine(o))
        return 0;
    if (!*to || strchr(to, '/'))
        return err_set(err, ERR_RANGE, "to: expected a repository's name without its owner");
    row_set(repo, "moved_from",
            json_sprintf("%s/%s", row_str(repo, "owner"), row_str(repo, "name")));
    row_set_str(repo, "name", to);
    return 0;
}

static int do_gone(struct order *o, struct err *err)
{
    int64_t status = json_i64(&o->r, o->in, "status", 0, 599);

    if (status != 0 && status != 404 && status != 410 && status != 451)
        return err_set(err, ERR_RANGE, "status: expected 0, 404, 410 or 451");
    if (is_fine(o))
        row_set(state_repo(&o->f->state), "gone", json_integer(status));
    return 0;
}

static int do_transfer(struct order *o, struct err *err)
{
    const char *to = need(o, "to"), *slash = strchr(to, '/');

    if (is_fine(o) && (!slash || strchr(slash + 1, '/')))
        return err_set(err, ERR_RANGE, "to: expected OWNER/NAME of another repository");
    if (thread_of(o) && is_fine(o))
        move_transfer(o->f, o->who, o->row, to);
    return 0;
}

static int do_convert(struct order *o, struct err *err)
{
    (void)err;
    if (thread_of(o))
        move_convert(o->f, o->who, o->row);
    return 0;
}

static int do_archive(struct order *o, struct err *err)
{
    bool is_on = json_bool_or(&o->r, o->in, "on", true);

    (void)err;
    if (is_fine(o))
        row_set(state_repo(&o->f->state), "archived", json_boolean(is_on));
    return 0;
}

static int do_issues(struct order *o, struct err *err)
{
    bool is_on = json_bool_or(&o->r, o->in, "on", true);

    (void)err;
    if (is_fine(o))
        row_set(state_repo(&o->f->state), "issues_off", json_boolean(!is_on));
    return 0;
}

static int do_scopes(struct order *o, struct err *err)
{
    const char *scopes = json_str(&o->r, o->in, "scopes", JSON_REQUIRED);

    (void)err;
    if (is_fine(o))
        row_set_str(state_repo(&o->f->state), "token_scopes", scopes);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(struct order *o, struct err *err);
} moves[] = {
    { "open", do_open },       { "open-pull", do_open_pull }, { "push", do_push },
    { "merge", do_merge },     { "comment", do_comment },     { "edit", do_edit },
    { "delete", do_delete },   { "label", do_label },         { "unlabel", do_unlabel },
    { "close", do_close },     { "reopen", do_reopen },       { "retitle", do_retitle },
    { "lock", do_lock },       { "unlock", do_unlock },       { "review", do_review },
    { "react", do_react },     { "role", do_role },           { "rename", do_rename },
    { "gone", do_gone },       { "archive", do_archive },     { "transfer", do_transfer },
    { "convert", do_convert }, { "scopes", do_scopes },       { "issues", do_issues },
};

int control_do(json_t **ret_row, struct forge *f, const json_t *in, struct err *err)
{
    struct order o = { .f = f, .in = in };

    json_reader_init(&o.r, "");
    o.who = need(&o, "as");
    const char *name = need(&o, "do");
    if (is_fine(&o))
        (void)state_set_user(&f->state, o.who, NULL);
    for (size_t i = 0; is_fine(&o) && i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (strcmp(moves[i].name, name) != 0)
            continue;
        int rc = moves[i].run(&o, err);
        if (rc == 0)
            rc = json_reader_check(&o.r, err);
        if (rc == 0)
            *ret_row = o.row;
        return rc;
    }
    int rc = json_reader_check(&o.r, err);
    return rc < 0 ? rc : err_set(err, ERR_USAGE, "do: there is no such move: '%s'", name);
}
