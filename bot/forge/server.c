/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/server.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "bot/forge/dialect.h"

enum { MAX_VERSION = 60 };

static const struct dialect *const dialects[] = { &dialect_github, &dialect_gitea };

static const struct {
    const char *tail; /* of an API base */
    const struct dialect *dialect;
} shapes[] = {
    { "://api.github.com", &dialect_github },
    { "/api/v3", &dialect_github },
    { "/api/v1", &dialect_gitea },
};

/* "11.0.0-dev-617-1d1e0ced3e+gitea-1.22.0" is Forgejo 11.0.0, "1.23.0+dev-608" Gitea 1.23.0. */
static void add_name(struct buf *out, const char *version)
{
    bool is_forgejo = strstr(version, "+gitea-") != NULL;
    size_t len = strspn(version, "0123456789.");

    if (len > 0 && len <= MAX_VERSION)
        buf_printf(out, "%s %.*s", is_forgejo ? "Forgejo" : "Gitea", (int)len, version);
}

int server_add_name(struct buf *out, struct transport *t, struct err *err)
{
    const struct transport_request req = { .method = "GET", .path = "/version" };
    struct transport_reply reply;

    int rc = transport_send(t, &req, &reply, err);
    if (rc == -ERR_NOTFOUND || rc == -ERR_DENIED || rc == -ERR_MOVED)
        return 0;
    if (rc < 0)
        return rc;
    const char *version = json_string_value(json_object_get(reply.doc, "version"));
    if (version)
        add_name(out, version);
    transport_reply_finish(&reply);
    return buf_check(out, "version", err);
}

/* Only Gitea's family counts `stars_count`; GitHub says `stargazers_count`. */
static int ask(const struct dialect **ret, const char *repo,
               const struct transport_options *options, struct err *err)
{
    const struct transport_request req = { .method = "GET", .path = repo };
    struct transport *t = NULL;
    struct transport_reply reply = { 0 };

    int rc = transport_new(&t, options, err);
    if (rc == 0)
        rc = transport_send(t, &req, &reply, err);
    if (rc == 0) {
        *ret = json_object_get(reply.doc, "stars_count") ? &dialect_gitea : &dialect_github;
        transport_reply_finish(&reply);
    }
    transport_free(t);
    return rc < 0 ? err_wrap(err, rc, "which dialect the forge speaks") : 0;
}

int server_dialect(const struct dialect **ret, const char *name, const char *repo,
                   const struct transport_options *options, struct err *err)
{
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
        if (strcmp(dialects[i]->name, name) == 0) {
            *ret = dialects[i];
            return 0;
        }
    if (strcmp(name, "auto") != 0)
        return err_set(err, ERR_CONFIG,
                       "forge.dialect: '%.40s' is none of auto, github and gitea", name);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        if (text_has_suffix(options->url, shapes[i].tail)) {
            *ret = shapes[i].dialect;
            return 0;
        }
    return ask(ret, repo, options, err);
}
