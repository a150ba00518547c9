/* SPDX-License-Identifier: Apache-2.0
 *
 *     app_renew --first time--> GET /app, GET /repos/OWNER/NAME/installation
 *               --no token, or 5 min of it--> POST /app/installations/ID/access_tokens
 *               --> transport_set_token
 *
 * These three carry a proof instead of the token, so they never renew anything themselves. */
#include "bot/forge/app.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sign.h"
#include "base/text.h"
#include "bot/forge/transport.h"

enum { PROOF_PAST_S = 60, PROOF_LIFE_S = 540, RENEW_BEFORE_S = 300, SKEW_S = 30 };
enum { PROOF_MAX = 8192, PATH_MAX_BYTES = 1000 };

struct app {
    char *id;
    struct sign_key *key;
    char *owner, *name;

    /* As the forge told; nothing before app_renew. */
    char *login;
    int64_t installation_id;
    int64_t expires_at; /* of the token, by the forge's clock */
    json_t *permissions;
};

int app_new(struct app **ret, const struct app_options *options, struct err *err)
{
    struct sign_key *key = NULL;
    int rc =
        sign_key_private(&key, options->key, strlen(options->key), "the key of the App", err);

    if (rc < 0) {
        if (err)
            err->code = ERR_CONFIG;
        return -ERR_CONFIG;
    }
    struct app *app = xcalloc(1, sizeof(*app));
    app->id = xstrdup(options->id);
    app->key = key;
    app->owner = xstrdup(options->owner);
    app->name = xstrdup(options->name);
    *ret = app;
    return 0;
}

void app_free(struct app *app)
{
    if (!app)
        return;
    sign_key_free(app->key);
    json_decref(app->permissions);
    free(app->id);
    free(app->owner);
    free(app->name);
    free(app->login);
    free(app);
}

const char *app_id(const struct app *app)
{
    return app->id;
}

const char *app_login(const struct app *app)
{
    return app->login ? app->login : "";
}

enum app_access app_access(const struct app *app, const char *thing)
{
    static const struct {
        const char *word;
        enum app_access access;
    } words[] = { { "read", APP_READ }, { "write", APP_WRITE }, { "admin", APP_WRITE } };
    const char *word = json_string_value(json_object_get(app->permissions, thing));

    for (size_t i = 0; word && i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].access;
    return APP_NONE;
}

/* Proofs ----------------------------------------------------------------------------------- */

static void add_part(struct buf *out, json_t *part)
{
    struct buf text;

    buf_init(&text, PROOF_MAX);
    json_write(&text, part, 0);
    base64url_add(out, text.data, text.len);
    buf_finish(&text);
    json_decref(part);
}

/* A proof for the forge's time now: {"iat": now - 60, "exp": now + 540, "iss": id}, signed. */
static int add_proof(struct buf *out, const struct app *app, int64_t now, struct err *err)
{
    size_t from = out->len;
    struct buf signature;

    buf_init(&signature, PROOF_MAX);
    add_part(out, json_pack("{s:s, s:s}", "alg", "RS256", "typ", "JWT"));
    buf_add_char(out, '.');
    add_part(out, json_pack("{s:I, s:I, s:s}", "iat", (json_int_t)(now - PROOF_PAST_S), "exp",
                            (json_int_t)(now + PROOF_LIFE_S), "iss", app->id));
    int rc = buf_check(out, "proof", err);
    if (rc == 0)
        rc = sign_rs256(&signature, app->key, out->data + from, out->len - from, err);
    buf_add_char(out, '.');
    base64url_add(out, signature.data, signature.len);
    buf_finish(&signature);
    return rc < 0 ? rc : buf_check(out, "proof", err);
}

/* Asking ----------------------------------------------------------------------------------- */

static int ask_once(const struct app *app, struct transport *t, struct transport_request *req,
                    struct transport_reply *reply, struct err *err)
{
    struct buf proof;

    buf_init(&proof, PROOF_MAX);
    int rc = add_proof(&proof, app, transport_now(t), err);
    req->proof = proof.data;
    if (rc == 0)
        rc = transport_send(t, req, reply, err);
    buf_finish(&proof);
    return rc;
}

/* A proof of a clock that is wrong is refused, but the refusal tells the time. */
static int ask(const struct app *app, struct transport *t, struct transport_request *req,
               struct transport_reply *reply, struct err *err)
{
    int64_t before = transport_now(t);
    int rc = ask_once(app, t, req, reply, err);
    int64_t moved = transport_now(t) - before;

    if (rc == -ERR_AUTH && (moved > SKEW_S || moved < -SKEW_S))
        rc = ask_once(app, t, req, reply, err);
    if (rc == -ERR_AUTH)
        return err_wrap(err, rc,
                        "the forge does not take the App's proof: is forge.app_id right, and "
                        "does the key belong to it?");
    return rc;
}

static int check(const struct json_reader *r, struct err *err)
{
    if (json_reader_check(r, err) == 0)
        return 0;
    if (err)
        err->code = ERR_FORGE;
    return err_wrap(err, -ERR_FORGE, "the forge sent something that cannot be");
}

static int learn_login(struct app *app, struct transport *t, struct err *err)
{
    struct transport_request req = { .method = "GET", .path = "/app" };
    struct transport_reply reply;
    struct json_reader r;

    int rc = ask(app, t, &req, &reply, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, "app");
    const char *slug = json_str(&r, reply.doc, "slug", JSON_REQUIRED);
    rc = check(&r, err);
    if (rc == 0) {
        free(app->login);
        app->login = xasprintf("%s[bot]", slug);
    }
    transport_reply_finish(&reply);
    return rc;
}

static int take_installation(struct app *app, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "installation");
    int64_t id = json_i64(&r, doc, "id", 1, INT64_MAX);
    const char *suspended_at = json_str(&r, doc, "suspended_at", JSON_OPTIONAL);
    int rc = check(&r, err);
    if (rc == 0 && suspended_at[0])
        rc = err_set(err, ERR_DENIED, "the App's installation on %s/%s is suspended",
                     app->owner, app->name);
    if (rc == 0)
        app->installation_id = id;
    return rc;
}

static int find_installation(struct app *app, struct transport *t, struct err *err)
{
    struct transport_request req = { .method = "GET" };
    struct transport_reply reply;
    struct buf path;

    buf_init(&path, PATH_MAX_BYTES);
    buf_add_str(&path, "/repos/");
    text_add_url(&path, app->owner, TEXT_SLASH_ENCODED);
    buf_add_char(&path, '/');
    text_add_url(&path, app->name, TEXT_SLASH_ENCODED);
    buf_add_str(&path, "/installation");
    int rc = buf_check(&path, "forge.repo", err);
    req.path = path.data;
    if (rc == 0)
        rc = ask(app, t, &req, &reply, err);
    buf_finish(&path);
    if (rc == -ERR_NOTFOUND)
        return err_set(err, ERR_DENIED, "the App %s is not installed on %s/%s", app_login(app),
                       app->owner, app->name);
    if (rc < 0)
        return rc;
    rc = take_installation(app, reply.doc, err);
    transport_reply_finish(&reply);
    return rc;
}

static int take_token(struct app *app, struct transport *t, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "access token");
    const char *token = json_str(&r, doc, "token", JSON_REQUIRED);
    int64_t expires_at = json_time(&r, doc, "expires_at", JSON_REQUIRED);
    const json_t *permissions = json_obj(&r, doc, "permissions", JSON_OPTIONAL);
    int rc = check(&r, err);
    if (rc == 0 && (!token[0] || strpbrk(token, "\r\n")))
        rc = err_set(err, ERR_FORGE, "the forge sent a token that cannot be one");
    if (rc < 0)
        return rc;
    transport_set_token(t, token);
    app->expires_at = expires_at;
    json_decref(app->permissions);
    app->permissions = permissions ? json_deep_copy(permissions) : json_object();
    return 0;
}

/* Good for our repository only. */
static int get_token(struct app *app, struct transport *t, struct err *err)
{
    char *path =
        xasprintf("/app/installations/%" PRId64 "/access_tokens", app->installation_id);
    json_t *doc = json_pack("{s:[s]}", "repositories", app->name);
    struct transport_reply reply;
    struct buf body;

    buf_init(&body, PATH_MAX_BYTES);
    json_write(&body, doc, 0);
    json_decref(doc);
    struct transport_request req = {
        .method = "POST",
        .path = path,
        .effect = EFFECT_IDEMPOTENT, /* one token more does no harm */
        .body = body.data,
        .body_len = body.len,
    };
    int rc = buf_check(&body, "forge.repo", err);
    if (rc == 0)
        rc = ask(app, t, &req, &reply, err);
    buf_finish(&body);
    free(path);
    if (rc < 0)
        return rc;
    rc = take_token(app, t, reply.doc, err);
    transport_reply_finish(&reply);
    return rc;
}

int app_renew(struct app *app, struct transport *t, struct err *err)
{
    int rc = 0;

    if (!app->login)
        rc = learn_login(app, t, err);
    if (rc == 0 && app->installation_id == 0)
        rc = find_installation(app, t, err);
    if (rc == 0 && transport_now(t) > app->expires_at - RENEW_BEFORE_S)
        rc = get_token(app, t, err);
    return rc;
}
