/* SPDX-License-Identifier: Apache-2.0
 * hearth feedback add, resolve: what a person tells us elsewhere, and what became of it. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "store/feedback.h"

enum { MAX_TEXT_BYTES = 65536 };

static const struct cmd_option add_options[] = {
    { "--kind", "KIND",
      "bug, request, question, docs, data, model_error, praise, conduct, other", false },
    { "--body", "TEXT", "what was said", false },
    { "--topic", "WORD", "a digit, a component", false },
    { "--thread", "N", "the issue or pull request it belongs to", false },
    { 0 },
};
static const struct cmd_option resolve_options[] = {
    { "--pr", "N", "the pull request that mends it", false },
    { "--release", "VERSION", "the release that mends it", false },
    { "--commit", "SHA", "the commit that mends it", false },
    { 0 },
};

static int add(struct app *app, struct feedback *f, char id[FEEDBACK_ID_SIZE], struct err *err)
{
    int rc = db_begin(app->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = feedback_id_manual(id, app->db, f->repo_id, err);
    f->id = id;
    if (rc == 0)
        rc = feedback_put(app->db, f, NULL, err);
    if (rc == 0)
        return db_commit(app->db, err);
    db_rollback(app->db);
    return rc;
}

static int run_add(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct feedback f = { .kind = FEEDBACK_OTHER,
                          .topic = cmd_value(args, "--topic", ""),
                          .rule = "by hand",
                          .title = args->operands[0],
                          .body = cmd_value(args, "--body", ""),
                          .created_at = clock_now(&app->clock) };
    const char *kind = cmd_value(args, "--kind", NULL);
    char id[FEEDBACK_ID_SIZE];
    int rc = 0;

    if (kind && feedback_kind_parse(&f.kind, kind, err) < 0)
        return err_wrap(err, -ERR_USAGE, "--kind");
    if (f.title[strspn(f.title, " \t\r\n")] == '\0')
        return err_set(err, ERR_USAGE, "TITLE is empty: say in a few words what was said");
    if (strlen(f.title) + strlen(f.body) + strlen(f.topic) > MAX_TEXT_BYTES)
        return err_set(err, ERR_USAGE, "title, body and topic: more than %d bytes",
                       MAX_TEXT_BYTES);
    if ((rc = cmd_i64(&f.number, args, "--thread", 1, INT64_MAX, err)) < 0 ||
        (rc = results_repo_id(&f.repo_id, app, err)) < 0 || (rc = add(app, &f, id, err)) < 0)
        return rc;
    if (app->json)
        results_print_json(json_pack("{s:s}", "id", id));
    else
        (void)puts(id);
    return 0;
}

static int link_to(struct app *app, const struct cmd_args *args, int64_t repo_id,
                   const char *id, struct err *err)
{
    static const struct {
        const char *option;
        enum feedback_link_kind kind;
    } rows[] = {
        { "--pr", FEEDBACK_LINK_FIXES },
        { "--release", FEEDBACK_LINK_RELEASE },
        { "--commit", FEEDBACK_LINK_COMMIT },
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && rc == 0; i++) {
        const char *target = cmd_value(args, rows[i].option, NULL);
        const struct feedback_link link = { repo_id, id, rows[i].kind, target };
        if (target)
            rc = feedback_link_put(app->db, &link, NULL, err);
    }
    return rc;
}

static int run_resolve(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *id = args->operands[0];
    int64_t repo_id, number = 0;
    int rc = cmd_i64(&number, args, "--pr", 1, INT64_MAX, err);

    if (rc == 0)
        rc = results_repo_id(&repo_id, app, err);
    if (rc == 0)
        rc = db_begin(app->db, DB_DURABLE, err);
    if (rc < 0)
        return rc;
    rc = feedback_set_resolved(app->db, repo_id, id, clock_now(&app->clock), err);
    if (rc == -ERR_NOTFOUND)
        rc = results_no_feedback(id, err);
    if (rc == 0)
        rc = link_to(app, args, repo_id, id, err);
    if (rc == 0)
        rc = db_commit(app->db, err);
    else
        db_rollback(app->db);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:s, s:s}", "id", id, "state", "resolved"));
    else if (rc == 0)
        (void)printf("%s is resolved\n", id);
    return rc;
}

const struct cmd cmd_feedback_add = {
    .name = "feedback add",
    .args = "TITLE [--kind KIND] [--body TEXT] [--topic WORD] [--thread N]",
    .summary = "Record what somebody said elsewhere",
    .options = add_options,
    .needs = NEED_DB_WRITE,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_add,
};
const struct cmd cmd_feedback_resolve = {
    .name = "feedback resolve",
    .args = "ID [--pr N] [--release VERSION] [--commit SHA]",
    .summary = "Mark feedback as dealt with, and by what",
    .options = resolve_options,
    .needs = NEED_DB_WRITE,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_resolve,
};
