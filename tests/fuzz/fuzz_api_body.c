/* SPDX-License-Identifier: Apache-2.0
 * Bodies and queries of the API: the first line says which reader gets the rest. What a reader
 * takes is within its limits; what it refuses has a reason. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/git.h"
#include "base/hash.h"
#include "hub/web/commit_op.h"
#include "hub/web/file_body.h"
#include "hub/web/gate_body.h"
#include "hub/web/list_query.h"
#include "hub/web/ref_body.h"
#include "hub/web/repo_body.h"

enum { MAX_QUERY_FIELDS = 100 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int read_repo(const json_t *doc, struct err *err)
{
    struct repo_body body;
    int rc = repo_body_read(&body, doc, err);

    assert(body.n_files <= REPO_BODY_MAX_FILES);
    for (size_t i = 0; rc == 0 && i < body.n_files; i++)
        assert(body.files[i].path && body.files[i].len <= REPO_BODY_MAX_FILE_BYTES);
    assert(rc < 0 || (body.name && !strpbrk(body.licence, "\r\n")));
    repo_body_finish(&body);
    return rc;
}

static int read_move(const json_t *doc, struct err *err)
{
    struct move_body body;
    int rc = move_body_read(&body, doc, err);

    assert(rc < 0 || (*body.from_ns && *body.to_ns && *body.from_name && *body.to_name));
    assert(rc < 0 || (!strchr(body.to_ns, '/') && !strchr(body.to_name, '/')));
    move_body_finish(&body);
    return rc;
}

static int read_settings(const json_t *doc, struct err *err)
{
    struct settings_body body;
    int rc = settings_body_read(&body, doc, err);

    assert(body.gate >= GATE_NONE && body.gate <= GATE_MANUAL);
    assert(body.has_gate || body.gate == GATE_NONE);
    return rc;
}

static int read_handle(const json_t *doc, struct err *err)
{
    struct handle_body body;
    int rc = handle_body_read(&body, doc, err);

    assert(rc < 0 || *body.user || *body.request_id);
    return rc;
}

static int read_grant(const json_t *doc, struct err *err)
{
    struct grant_body body;
    int rc = grant_body_read(&body, doc, err);

    assert(rc < 0 || *body.user);
    return rc;
}

static int read_branch(const json_t *doc, struct err *err)
{
    struct branch_body body;
    int rc = branch_body_read(&body, doc, err);

    assert(*body.start);
    return rc;
}

static int read_tag(const json_t *doc, struct err *err)
{
    struct tag_body body;
    int rc = tag_body_read(&body, doc, err);

    assert(rc < 0 || *body.tag);
    return rc;
}

static int read_squash(const json_t *doc, struct err *err)
{
    struct squash_body body;
    int rc = squash_body_read(&body, doc, err);

    assert(*body.message);
    return rc;
}

static int read_preupload(const json_t *doc, struct err *err)
{
    struct preupload_body body;
    int rc = preupload_body_read(&body, doc, err);

    assert(body.n <= FILE_BODY_MAX_PATHS);
    for (size_t i = 0; rc == 0 && i < body.n; i++)
        assert(body.files[i].path && body.files[i].size >= 0);
    preupload_body_finish(&body);
    return rc;
}

static int read_drop(const json_t *doc, struct err *err)
{
    struct drop_body body;
    int rc = drop_body_read(&body, doc, err);

    assert(rc < 0 || (body.drop.n > 0 && body.drop.n <= FILE_BODY_MAX_SHAS));
    for (size_t i = 0; rc == 0 && i < body.drop.n; i++)
        assert(hex_is(body.drop.oids[i], SHA256_HEX_SIZE - 1));
    drop_body_finish(&body);
    return rc;
}

static int read_op(const json_t *doc, struct err *err)
{
    struct commit_op op;
    int rc = commit_op_read(&op, doc, 1, err);

    if (rc < 0)
        return rc;
    assert(op.kind == COMMIT_HEADER ? op.summary && op.description && op.parent
                                    : op.path != NULL);
    assert((op.kind == COMMIT_FILE) == (op.encoding != NULL));
    assert(op.kind != COMMIT_LARGE_FILE || hex_is(op.oid, SHA256_HEX_SIZE - 1));
    return 0;
}

static const struct {
    const char *name;
    int (*read)(const json_t *doc, struct err *err);
} readers[] = {
    { "repo", read_repo },
    { "move", read_move },
    { "settings", read_settings },
    { "handle", read_handle },
    { "grant", read_grant },
    { "branch", read_branch },
    { "tag", read_tag },
    { "squash", read_squash },
    { "drop", read_drop },
    { "preupload", read_preupload },
    { "op", read_op },
};

static void read_paths(const char *type, const char *text, size_t len)
{
    struct paths_body body;
    struct err err = { 0 };
    int rc = paths_body_read(&body, type, text, len, &err);

    assert(rc == 0 || err.msg[0] != '\0');
    assert(rc < 0 || body.n <= FILE_BODY_MAX_PATHS);
    for (size_t i = 0; rc == 0 && i < body.n; i++)
        assert(body.paths[i]);
    paths_body_finish(&body);
}

/* A list of two, one of which has no figures, in the order and choice that the query wants. */
static void read_list(const char *text, size_t len)
{
    json_t *full = json_pack("{s:s,s:b,s:i,s:[s],s:s,s:{s:i}}", "id", "a/one", "gated", 0,
                             "downloads", 5, "tags", "gguf", "lastModified",
                             "2024-01-03T00:00:00Z", "safetensors", "total", 7);
    json_t *bare = json_pack("{s:s}", "id", "b/two"), *models[] = { full, bare };
    static const char *const ids[] = { "a/one", "b/two" };
    struct list_rank ranks[2];
    struct list_query query;
    struct err err = { 0 };
    struct form form;

    if (form_parse(&form, text, len, MAX_QUERY_FIELDS, NULL) == 0) {
        if (list_query_read(&query, &form, &err) < 0) {
            assert(err.msg[0] != '\0');
        } else {
            assert(query.min_parameters >= 0 && query.max_parameters >= 0);
            for (size_t i = 0; i < 2; i++) {
                (void)(list_query_wants_id(&query, ids[i]) &&
                       list_query_wants(&query, models[i]));
                list_query_rank(&ranks[i], &query, models[i], ids[i]);
            }
            list_query_sort(ranks, 2);
            assert(ranks[0].id != ranks[1].id);
        }
    }
    form_finish(&form);
    json_decref(full);
    json_decref(bare);
}

static void read_json(const char *name, const char *text, size_t len)
{
    json_t *doc = NULL;

    if (json_parse(&doc, text, len, "body", NULL) < 0)
        return;
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        struct err err = { 0 };

        if (strcmp(name, readers[i].name) == 0 && readers[i].read(doc, &err) < 0)
            assert(err.msg[0] != '\0');
    }
    json_decref(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xstrndup((const char *)data, len); /* none of them takes a NUL */
    char *rest = strchr(text, '\n');

    if (rest) {
        *rest++ = '\0';
        if (strcmp(text, "form") == 0)
            read_paths(NULL, rest, strlen(rest));
        else if (strcmp(text, "paths") == 0)
            read_paths("application/json", rest, strlen(rest));
        else if (strcmp(text, "list") == 0)
            read_list(rest, strlen(rest));
        else
            read_json(text, rest, strlen(rest));
    }
    free(text);
    return 0;
}
