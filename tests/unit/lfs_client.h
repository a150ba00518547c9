/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/lfs_client.h
 * lfs_client: what git-lfs asks the hub for the large files of ada/m. */
#ifndef TESTS_UNIT_LFS_CLIENT_H
#define TESTS_UNIT_LFS_CLIENT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/json.h"
#include "tests/support/site.h"

static const char lfs_batch_path[] = "/ada/m.git/info/lfs/objects/batch";

struct object {
    char oid[SHA256_HEX_SIZE];
    const char *content;
};

static inline struct object object_of(const char *content)
{
    struct object o = { .content = content };

    sha256_hex(o.oid, content, strlen(content));
    return o;
}

static inline char *create(struct site_fixture *fix)
{
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    return token;
}

/* The reply to a batch for one object; the caller's json_decref. */
static inline json_t *batch(struct site_fixture *fix, const char *token, const char *operation,
                            const struct object *o)
{
    char *body = xasprintf("{\"operation\":\"%s\",\"transfers\":[\"basic\",\"multipart\"],"
                           "\"objects\":[{\"oid\":\"%s\",\"size\":%zu}]}",
                           operation, o->oid, strlen(o->content));
    json_t *doc = NULL;

    assert_int_equal(site_send(fix, "POST", lfs_batch_path, token, body), 200);
    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "batch", NULL), 0);
    free(body);
    return doc;
}

static inline const json_t *action_of(const json_t *doc, const char *name)
{
    const json_t *object = json_array_get(json_object_get(doc, "objects"), 0);

    return json_object_get(json_object_get(object, "actions"), name);
}

/* A request to an absolute address of the server, without a token. */
static inline int to_href(struct site_fixture *fix, const char *method, const char *href,
                          const char *body)
{
    const char *path = strchr(strstr(href, "://") + 3, '/');

    return site_send(fix, method, path, NULL, body);
}

static inline char *href_of(const json_t *action)
{
    assert_non_null(action);
    return xstrdup(json_string_value(json_object_get(action, "href")));
}

static inline char *upload_href(struct site_fixture *fix, const char *token,
                                const struct object *o)
{
    json_t *doc = batch(fix, token, "upload", o);
    char *href = href_of(action_of(doc, "upload"));

    json_decref(doc);
    return href;
}

#endif
