/* SPDX-License-Identifier: Apache-2.0
 * hearth lineage: from any end of the chain to all of it.
 * --json: one object for one row, otherwise an array of them. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/rfc3339.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "store/lineage.h"

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *approval_to_json(const struct lineage_row *r)
{
    if (!r->approved_by[0])
        return json_null();
    return json_pack("{s:s, s:s, s:o, s:s}", "actor", r->approved_by, "role", r->approved_role,
                     "at", results_time(r->approved_at), "commit", r->commit_sha);
}

static int add_json(void *ctx, const struct lineage_row *r, struct err *err)
{
    json_t *row = json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o}", "sample", r->sample,
                            "pr", (json_int_t)r->number, "author", r->author, "licence",
                            text_or_null(r->licence), "approval", approval_to_json(r), "run",
                            text_or_null(r->run_id), "verdict", text_or_null(r->verdict),
                            "release", text_or_null(r->release));

    (void)err;
    (void)json_object_set_new(row, "commit", json_string(r->commit_sha));
    (void)json_object_set_new(row, "path", json_string(r->path));
    (void)json_object_set_new(row, "row", json_integer(r->row));
    (void)json_object_set_new(row, "label", json_integer(r->label));
    (void)json_object_set_new(row, "state",
                              json_string(r->is_accepted ? "accepted" : "refused"));
    (void)json_object_set_new(row, "reason", text_or_null(r->reason));
    (void)json_object_set_new(row, "model", text_or_null(r->candidate_sha256));
    (void)json_array_append_new(ctx, row);
    return 0;
}

/* What is the same for all samples of one pull request and run, said once. */
struct heading {
    int64_t number;
    char run_id[72];
};

static void print_heading(const struct lineage_row *r)
{
    char at[RFC3339_SIZE];

    (void)printf("#%lld at %.12s by %s, %s\n", (long long)r->number, r->commit_sha, r->author,
                 r->licence[0] ? r->licence : "no licence stated");
    if (r->approved_by[0])
        (void)printf("  approved by %s (%s) at %s\n", r->approved_by, r->approved_role,
                     rfc3339_format(at, r->approved_at));
    else
        (void)printf("  not approved\n");
    if (r->run_id[0])
        (void)printf("  run %s: %s\n", r->run_id, r->verdict);
    else
        (void)printf("  no run yet\n");
}

static int print_row(void *ctx, const struct lineage_row *r, struct err *err)
{
    struct heading *last = ctx;

    (void)err;
    if (last->number != r->number || strcmp(last->run_id, r->run_id) != 0)
        print_heading(r);
    last->number = r->number;
    (void)snprintf(last->run_id, sizeof(last->run_id), "%s", r->run_id);
    (void)printf("  %.16s  label %lld  %s", r->sample[0] ? r->sample : "unreadable",
                 (long long)r->label, r->path);
    if (r->row > 0)
        (void)printf(":%lld", (long long)r->row);
    if (!r->is_accepted)
        (void)printf("  refused: %s\n", r->reason);
    else if (r->release[0])
        (void)printf("  released in %s\n", r->release);
    else
        (void)printf("  not released\n");
    return 0;
}

static int print_all_json(struct app *app, int64_t repo_id, enum lineage_by by,
                          const char *word, struct err *err)
{
    json_t *rows = json_array();
    int rc = lineage_each(app->db, repo_id, by, word, add_json, rows, err);

    if (rc < 0)
        json_decref(rows);
    else if (json_array_size(rows) == 1) {
        results_print_json(json_incref(json_array_get(rows, 0)));
        json_decref(rows);
    } else {
        results_print_json(rows);
    }
    return rc;
}

static int run_lineage(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *word = args->operands[0];
    struct heading last = { .number = -1 };
    enum lineage_by by;
    int64_t repo_id;
    int rc = results_repo_id(&repo_id, app, err);

    if (rc == 0)
        rc = lineage_guess(app->db, repo_id, word, &by, err);
    if (rc < 0)
        return rc;
    if (app->json)
        return print_all_json(app, repo_id, by, word, err);
    return lineage_each(app->db, repo_id, by, word, print_row, &last, err);
}

const struct cmd cmd_lineage = {
    .name = "lineage",
    .args = "SAMPLE|FEEDBACK|PR|RELEASE",
    .summary = "Who gave a sample, who approved it, what came of it",
    .needs = NEED_DB_READ,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_lineage,
};
