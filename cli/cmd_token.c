/* SPDX-License-Identifier: Apache-2.0
 * hearth token create, list, revoke: who may do what on the hub over the network. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/rfc3339.h"
#include "cli/cmd.h"
#include "cli/hub_access.h"
#include "cli/results.h"
#include "hub/repo/repo.h"
#include "hub/web/access.h"

static const char default_user[] = "admin";

/* A namespace, or a repository in one. */
static int check_place(const char *place, struct err *err)
{
    int rc = strchr(place, '/') ? hub_check_id(place, err) : hub_check_namespace(place, err);

    return rc < 0 ? err_wrap(err, -ERR_USAGE, "--only") : 0;
}

static int read_token(struct access_token *ret, const struct app *app,
                      const struct cmd_args *args, struct err *err)
{
    const char *expires = cmd_value(args, "--expires", NULL);

    *ret = (struct access_token){ .person = cmd_value(args, "--user", default_user),
                                  .label = cmd_value(args, "--label", ""),
                                  .only_in = cmd_value(args, "--only", ""),
                                  .created_at = clock_now(&app->clock) };
    int rc = hub_check_namespace(ret->person, err);
    if (rc < 0)
        return err_wrap(err, -ERR_USAGE, "--user");
    if (*ret->only_in)
        rc = check_place(ret->only_in, err);
    if (rc == 0)
        rc = member_role_parse(&ret->scope, cmd_value(args, "--scope", "read"), err);
    if (rc == 0 && expires)
        rc = results_parse_date(&ret->expires_at, expires, "--expires", err);
    if (rc == 0 && expires && ret->expires_at <= ret->created_at)
        rc = err_set(err, ERR_USAGE, "--expires: %s is over already", expires);
    if (rc == 0 && strlen(ret->label) >= ACCESS_LABEL_SIZE)
        rc = err_set(err, ERR_USAGE, "--label: more than %d bytes", ACCESS_LABEL_SIZE - 1);
    return rc;
}

/* Tokens belong to people; one who is not known yet is from now on. */
static int need_person(struct db *db, const struct access_token *token, struct err *err)
{
    const struct namespace_row row = { .name = token->person,
                                       .kind = NAMESPACE_USER,
                                       .created_at = token->created_at };
    enum put_result put;

    int rc = hub_access_check_kind(db, token->person, NAMESPACE_USER, err);
    return rc < 0 ? err_wrap(err, rc, "--user") : namespace_add(db, &row, &put, err);
}

static int run_create(struct app *app, const struct cmd_args *args, struct err *err)
{
    char secret[ACCESS_TOKEN_SIZE], digest[65];
    struct access_token token;
    struct db *db = NULL;
    int64_t id = 0;

    int rc = read_token(&token, app, args, err);
    if (rc == 0)
        rc = hub_access_open_db(&db, app, err);
    if (rc == 0)
        rc = need_person(db, &token, err);
    if (rc == 0) {
        access_new_token(secret);
        access_digest(digest, secret);
        rc = access_token_add(db, digest, &token, &id, err);
    }
    db_close(db);
    if (rc < 0)
        return rc;
    if (app->json) {
        results_print_json(json_pack("{s:I,s:s,s:s,s:s,s:o}", "id", (json_int_t)id, "token",
                                     secret, "user", token.person, "scope",
                                     member_role_name(token.scope), "expires",
                                     results_time(token.expires_at)));
        return 0;
    }
    (void)printf("%s\n", secret);
    (void)fprintf(stderr, "token %" PRId64 " of %s, scope %s; it is shown this once\n", id,
                  token.person, member_role_name(token.scope));
    return 0;
}

static int add_row(void *ctx, const struct access_token *t, struct err *err)
{
    (void)err;
    (void)json_array_append_new(
        ctx, json_pack("{s:I,s:s,s:s,s:s,s:s,s:o,s:o,s:o}", "id", (json_int_t)t->id, "user",
                       t->person, "label", t->label, "scope", member_role_name(t->scope),
                       "only", t->only_in, "created", results_time(t->created_at), "expires",
                       results_time(t->expires_at), "revoked", results_time(t->revoked_at)));
    return 0;
}

static const char *text_of(const json_t *row, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text && *text ? text : fallback;
}

static void print_rows(const json_t *rows)
{
    if (json_array_size(rows) == 0)
        (void)puts("no tokens; `hearth token create` makes one");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        (void)printf("%4lld  %-16s %-6s %-20s expires %-21s%s%s\n",
                     (long long)json_integer_value(json_object_get(row, "id")),
                     text_of(row, "user", ""), text_of(row, "scope", ""),
                     text_of(row, "only", "everywhere"), text_of(row, "expires", "never"),
                     json_is_null(json_object_get(row, "revoked")) ? "" : "revoked ",
                     text_of(row, "label", ""));
    }
}

static int run_list(struct app *app, const struct cmd_args *args, struct err *err)
{
    json_t *rows = json_array();
    struct db *db = NULL;

    int rc = hub_access_open_db(&db, app, err);
    if (rc == 0)
        rc = access_token_each(db, cmd_value(args, "--user", ""), add_row, rows, err);
    db_close(db);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:O}", "tokens", rows));
    else if (rc == 0)
        print_rows(rows);
    json_decref(rows);
    return rc;
}

static int run_revoke(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct db *db = NULL;
    int64_t id = 0;

    int rc = parse_i64(&id, args->operands[0], 1, INT64_MAX, "token", err);
    if (rc < 0)
        return err_set(err, ERR_USAGE,
                       "'%.64s' is no number of a token: see `hearth token list`",
                       args->operands[0]);
    rc = hub_access_open_db(&db, app, err);
    if (rc == 0)
        rc = access_token_revoke(db, id, clock_now(&app->clock), err);
    db_close(db);
    if (rc == -ERR_NOTFOUND)
        rc = err_set(err, ERR_NOTFOUND,
                     "no token %" PRId64 " that could be revoked: see `hearth token list`", id);
    if (rc == 0 && app->json)
        results_print_json(json_pack("{s:I}", "revoked", (json_int_t)id));
    else if (rc == 0)
        (void)printf("token %" PRId64 " is revoked\n", id);
    return rc;
}

static const struct cmd_option create_options[] = {
    { "--user", "NAME", "whose it is; default: admin", false },
    { "--scope", "SCOPE", "read (default), write or admin", false },
    { "--only", "PLACE", "good for one namespace, or one namespace/name", false },
    { "--expires", "DATE", "the day it ends, such as 2027-01-31; default: never", false },
    { "--label", "TEXT", "what it is for", false },
    { 0 },
};
static const struct cmd_option list_options[] = {
    { "--user", "NAME", "of one person", false },
    { 0 },
};

const struct cmd cmd_token_create = {
    .name = "token create",
    .args = "[--user NAME] [--scope read|write|admin] [--only PLACE] [--expires DATE] "
            "[--label TEXT]",
    .summary = "Make an access token of the hub, and print it once",
    .options = create_options,
    .needs = NEED_CONFIG,
    .run = run_create,
};

const struct cmd cmd_token_list = {
    .name = "token list",
    .args = "[--user NAME]",
    .summary = "List the hub's access tokens, without the secrets",
    .options = list_options,
    .needs = NEED_CONFIG,
    .run = run_list,
};

const struct cmd cmd_token_revoke = {
    .name = "token revoke",
    .args = "ID",
    .summary = "Make an access token useless",
    .needs = NEED_CONFIG,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_revoke,
};
