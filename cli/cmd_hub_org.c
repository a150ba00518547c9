/* SPDX-License-Identifier: Apache-2.0
 * hearth hub org: organisations, who is in them, and how much they may hold. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/parse.h"
#include "cli/cmd.h"
#include "cli/hub_access.h"
#include "cli/results.h"
#include "hub/repo/repo.h"

static int add_namespace(struct db *db, const struct app *app, const char *name,
                         enum namespace_kind kind, struct err *err)
{
    const struct namespace_row row = { .name = name,
                                       .kind = kind,
                                       .created_at = clock_now(&app->clock) };
    enum put_result put = PUT_SAME;

    return namespace_add(db, &row, &put, err);
}

static int add_member(struct db *db, const struct app *app, const char *org, const char *person,
                      enum member_role role, struct err *err)
{
    int rc = add_namespace(db, app, person, NAMESPACE_USER, err);

    return rc < 0 ? rc : member_put(db, org, person, role, err);
}

static int add_member_row(void *ctx, const char *name, enum member_role role, struct err *err)
{
    (void)err;
    (void)json_object_set_new(ctx, name, json_string(member_role_name(role)));
    return 0;
}

struct listing {
    struct db *db;
    json_t *rows;
};

static int add_row(void *ctx, const struct namespace_row *row, struct err *err)
{
    const struct listing *list = ctx;
    json_t *members = json_object();
    int rc = 0;

    if (row->kind == NAMESPACE_ORG)
        rc = member_each(list->db, row->name, add_member_row, members, err);
    (void)json_array_append_new(list->rows,
                                json_pack("{s:s,s:s,s:I,s:o}", "name", row->name, "kind",
                                          row->kind == NAMESPACE_ORG ? "org" : "user", "quota",
                                          (json_int_t)row->quota_bytes, "members", members));
    return rc;
}

static void print_rows(json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i), *role;
        const char *person;

        (void)printf("%-24s %-5s", json_string_value(json_object_get(row, "name")),
                     json_string_value(json_object_get(row, "kind")));
        json_object_foreach(json_object_get(row, "members"), person, role)(void)
            printf(" %s:%s", person, json_string_value(role));
        (void)putchar('\n');
    }
}

static int run_list(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct listing list = { .rows = json_array() };

    (void)args;
    int rc = hub_access_open_db(&list.db, app, err);
    if (rc == 0)
        rc = namespace_each(list.db, add_row, &list, err);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:O}", "namespaces", list.rows));
    else if (rc == 0 && json_array_size(list.rows) == 0)
        (void)puts(
            "nobody is here yet: `hearth hub org add` and `hearth token create` add them");
    else if (rc == 0)
        print_rows(list.rows);
    db_close(list.db);
    json_decref(list.rows);
    return rc;
}

static int run_add(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *org = args->operands[0];
    const char *person = args->n_operands > 1 ? args->operands[1] : NULL;
    enum member_role role = MEMBER_READ;
    struct db *db = NULL;

    int rc = hub_access_usage(hub_check_namespace(org, err));
    if (rc == 0 && person)
        rc = hub_access_usage(hub_check_namespace(person, err));
    if (rc == 0)
        rc = member_role_parse(&role, cmd_value(args, "--role", "write"), err);
    if (rc == 0)
        rc = hub_access_open_db(&db, app, err);
    if (rc == 0)
        rc = hub_access_check_kind(db, org, NAMESPACE_ORG, err);
    if (rc == 0 && person)
        rc = strcmp(org, person) == 0
                 ? err_set(err, ERR_USAGE, "'%s' cannot be a member of itself", org)
                 : hub_access_check_kind(db, person, NAMESPACE_USER, err);
    if (rc == 0)
        rc = add_namespace(db, app, org, NAMESPACE_ORG, err);
    if (rc == 0 && person)
        rc = add_member(db, app, org, person, role, err);
    db_close(db);
    if (rc == 0 && !app->json)
        (void)printf(person ? "%s: %s may %s\n" : "%s\n", org, person, member_role_name(role));
    else if (rc == 0)
        results_print_json(json_pack("{s:s}", "org", org));
    return rc;
}

static int run_remove(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct db *db = NULL;

    int rc = hub_access_open_db(&db, app, err);
    if (rc == 0)
        rc = member_remove(db, args->operands[0], args->operands[1], err);
    db_close(db);
    if (rc == 0 && app->json)
        results_print_json(
            json_pack("{s:s,s:s}", "org", args->operands[0], "removed", args->operands[1]));
    else if (rc == 0)
        (void)printf("%s is no member of %s any more\n", args->operands[1], args->operands[0]);
    return rc;
}

static int run_quota(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct db *db = NULL;
    int64_t bytes = 0;

    int rc = parse_size(&bytes, args->operands[1], 0, INT64_MAX, "quota", err);
    if (rc < 0)
        return err_set(err, ERR_USAGE, "'%.64s' is no size such as 20G", args->operands[1]);
    rc = hub_access_open_db(&db, app, err);
    if (rc == 0)
        rc = namespace_set_quota(db, args->operands[0], bytes, err);
    db_close(db);
    if (rc == 0 && app->json)
        results_print_json(
            json_pack("{s:s,s:I}", "namespace", args->operands[0], "quota", (json_int_t)bytes));
    else if (rc == 0 && bytes > 0)
        (void)printf("%s may hold %lld bytes\n", args->operands[0], (long long)bytes);
    else if (rc == 0)
        (void)printf("%s may hold what serve.quota says\n", args->operands[0]);
    return rc;
}

static const struct cmd_option add_options[] = {
    { "--role", "ROLE", "read, write (default) or admin", false },
    { 0 },
};

const struct cmd cmd_hub_org_list = {
    .name = "hub org list",
    .summary = "List people and organisations of the hub",
    .needs = NEED_CONFIG,
    .run = run_list,
};
const struct cmd cmd_hub_org_add = {
    .name = "hub org add",
    .args = "ORG [PERSON] [--role read|write|admin]",
    .summary = "Make an organisation, or somebody a member of it",
    .options = add_options,
    .needs = NEED_CONFIG,
    .min_operands = 1,
    .max_operands = 2,
    .run = run_add,
};
const struct cmd cmd_hub_org_remove = {
    .name = "hub org remove",
    .args = "ORG PERSON",
    .summary = "End a membership",
    .needs = NEED_CONFIG,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_remove,
};
const struct cmd cmd_hub_org_quota = {
    .name = "hub org quota",
    .args = "NAMESPACE SIZE",
    .summary = "Limit what a namespace's repositories may take; 0: as serve.quota says",
    .needs = NEED_CONFIG,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_quota,
};
