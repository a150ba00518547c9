/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/rfc3339.h"
#include "base/sign.h"
#include "base/text.h"
#include "practice/call.h"
#include "practice/forge.h"

enum { TOKEN_BYTES = 18, TOKEN_LIFE_S = 3600, PROOF_MAX = 4096, PROOF_LIFE_S = 600 };
enum { INSTALLATION = 42 };

struct practice_app {
    char *id, *slug, *login;
    struct sign_key *key;
    json_t *permissions;
    json_t *tokens; /* {token: expires_at} */
};

int practice_app_new(struct practice_app **ret, const json_t *order, struct err *err)
{
    struct sign_key *key = NULL;
    struct json_reader r;

    json_reader_init(&r, "");
    const char *id = json_str(&r, order, "id", JSON_REQUIRED);
    const char *slug = json_str(&r, order, "slug", JSON_REQUIRED);
    const char *pem = json_str(&r, order, "public_key", JSON_REQUIRED);
    const json_t *permissions = json_obj(&r, order, "permissions", JSON_REQUIRED);
    int rc = json_reader_check(&r, err);
    if (rc == 0)
        rc = sign_key_public(&key, pem, strlen(pem), "public_key", err);
    if (rc < 0)
        return rc;
    struct practice_app *app = xcalloc(1, sizeof(*app));
    app->id = xstrdup(id);
    app->slug = xstrdup(slug);
    app->login = xasprintf("%s[bot]", slug);
    app->key = key;
    app->permissions = json_deep_copy(permissions);
    app->tokens = json_object();
    *ret = app;
    return 0;
}

void practice_app_free(struct practice_app *app)
{
    if (!app)
        return;
    sign_key_free(app->key);
    json_decref(app->permissions);
    json_decref(app->tokens);
    free(app->id);
    free(app->slug);
    free(app->login);
    free(app);
}

const char *practice_app_login(const struct practice_app *app)
{
    return app->login;
}

bool practice_app_knows(const struct practice_app *app, const char *token, size_t len,
                        int64_t now)
{
    const char *known;
    json_t *expires_at;

    json_object_foreach(app ? app->tokens : NULL, known, expires_at)
    {
        if (strlen(known) == len && equal_in_constant_time(known, token, len))
            return json_integer_value(expires_at) > now;
    }
    return false;
}

bool practice_app_is_proof(const char *text)
{
    const char *first = strchr(text, '.');

    return first && strchr(first + 1, '.') && text_has_prefix(text, "eyJ");
}

/* A part between dots as JSON; NULL when it is none. */
static json_t *read_part(const char *text, size_t len)
{
    struct buf plain;
    json_t *doc = NULL;

    buf_init(&plain, PROOF_MAX);
    if (base64url_decode(&plain, text, len, "proof", NULL) == 0)
        (void)json_parse(&doc, plain.data, plain.len, "proof", NULL);
    buf_finish(&plain);
    return doc;
}

static bool is_signed(const struct practice_app *app, const char *proof, const char *second)
{
    struct buf signature;

    buf_init(&signature, PROOF_MAX);
    bool ok =
        base64url_decode(&signature, second + 1, strlen(second + 1), "proof", NULL) == 0 &&
        sign_rs256_is_valid(app->key, proof, (size_t)(second - proof), signature.data,
                            signature.len);
    buf_finish(&signature);
    return ok;
}

/* NULL when it holds, or what GitHub says. */
static const char *fault_of_claims(const struct practice_app *app, const json_t *header,
                                   const json_t *claims, int64_t now)
{
    int64_t iat = json_integer_value(json_object_get(claims, "iat"));
    int64_t exp = json_integer_value(json_object_get(claims, "exp"));

    if (strcmp(row_str(header, "alg"), "RS256") != 0 ||
        strcmp(row_str(claims, "iss"), app->id) != 0)
        return "A JSON web token could not be decoded";
    if (iat <= 0 || iat > now)
        return "'Issued at' claim ('iat') must be an Integer representing the time that the "
               "assertion was issued";
    if (exp <= now)
        return "'Expiration time' claim ('exp') must be a numeric value representing the "
               "future time at which the assertion expires";
    return exp > now + PROOF_LIFE_S || exp > iat + PROOF_LIFE_S
               ? "'Expiration time' claim ('exp') is too far in the future"
               : NULL;
}

static const char *fault_of(const struct practice_app *app, const char *proof, int64_t now)
{
    const char *first = strchr(proof, '.'), *second = first ? strchr(first + 1, '.') : NULL;

    if (!second || strlen(proof) > PROOF_MAX || !is_signed(app, proof, second))
        return "A JSON web token could not be decoded";
    json_t *header = read_part(proof, (size_t)(first - proof));
    json_t *claims = read_part(first + 1, (size_t)(second - first - 1));
    const char *fault = fault_of_claims(app, header, claims, now);
    json_decref(header);
    json_decref(claims);
    return fault;
}

static int show_app(const struct practice_app *app, struct call *c)
{
    return call_show(c, 200,
                     json_pack("{s:i, s:s, s:s, s:s, s:O, s:[]}", "id", 7, "slug", app->slug,
                               "client_id", app->id, "name", app->slug, "permissions",
                               app->permissions, "events"));
}

static int show_installation(const struct practice_app *app, struct call *c)
{
    return call_show(c, 200,
                     json_pack("{s:i, s:i, s:s, s:s, s:O, s:n}", "id", INSTALLATION, "app_id",
                               7, "app_slug", app->slug, "repository_selection", "selected",
                               "permissions", app->permissions, "suspended_at"));
}

static int give_token(struct practice_app *app, struct call *c)
{
    int64_t expires_at = clock_now(&c->forge->clock) + TOKEN_LIFE_S;
    char hex[2 * TOKEN_BYTES + 1], at[RFC3339_SIZE];
    uint8_t secret[TOKEN_BYTES];

    fs_random(secret, sizeof(secret));
    char *token = xasprintf("ghs_%s", hex_encode(hex, secret, sizeof(secret)));
    (void)json_object_set_new(app->tokens, token, json_integer(expires_at));
    json_t *out = json_pack("{s:s, s:s, s:O, s:s}", "token", token, "expires_at",
                            rfc3339_format(at, expires_at), "permissions", app->permissions,
                            "repository_selection", "selected");
    free(token);
    return call_show(c, 201, out);
}

int practice_app_answer(struct practice_app *app, struct call *c, const char *proof,
                        const char *repo)
{
    const char *fault = app ? fault_of(app, proof, clock_now(&c->forge->clock)) : "no App";
    const char *path = c->ask->path, *method = c->ask->method;
    char tokens[80], installation[600];

    if (fault)
        return call_error(c, 401, fault);
    (void)snprintf(tokens, sizeof(tokens), "/app/installations/%d/access_tokens", INSTALLATION);
    (void)snprintf(installation, sizeof(installation), "%s/installation", repo);
    if (strcmp(method, "POST") == 0 && strcmp(path, tokens) == 0)
        return give_token(app, c);
    if (strcmp(method, "GET") == 0 && strcmp(path, installation) == 0)
        return show_installation(app, c);
    if (strcmp(method, "GET") == 0 && strcmp(path, "/app") == 0)
        return show_app(app, c);
    return call_not_found(c);
}
