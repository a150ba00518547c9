/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/file_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/text.h"

/* Beside the paths there are a few other fields in a form. */
enum { MAX_FIELDS = FILE_BODY_MAX_PATHS + 100, OID_DIGITS = SHA256_HEX_SIZE - 1 };

static int read_json_paths(struct paths_body *ret, const char *text, size_t len,
                           struct err *err)
{
    struct json_reader r;
    int rc = json_parse(&ret->doc, text, len, "body", err);

    if (rc < 0)
        return rc;
    json_reader_init(&r, "body");
    const json_t *paths = json_list(&r, ret->doc, "paths", JSON_REQUIRED, FILE_BODY_MAX_PATHS);
    ret->expands = json_bool_or(&r, ret->doc, "expand", false);
    rc = json_reader_check(&r, err);
    if (rc < 0)
        return rc;
    ret->paths = xcalloc(json_array_size(paths) + 1, sizeof(*ret->paths));
    for (; ret->n < json_array_size(paths); ret->n++) {
        ret->paths[ret->n] = json_string_value(json_array_get(paths, ret->n));
        if (!ret->paths[ret->n])
            return err_set(err, ERR_PARSE, "body.paths[%zu]: expected a string", ret->n);
    }
    return 0;
}

static int read_form_paths(struct paths_body *ret, const char *text, size_t len,
                           struct err *err)
{
    size_t at = 0;
    int rc = form_parse(&ret->form, text, len, MAX_FIELDS, err);

    if (rc < 0)
        return rc;
    ret->expands = form_is_true(&ret->form, "expand");
    ret->paths = xcalloc(ret->form.n + 1, sizeof(*ret->paths));
    for (const char *path; (path = form_next(&ret->form, "paths", &at));)
        ret->paths[ret->n++] = path;
    if (ret->n > FILE_BODY_MAX_PATHS)
        return err_set(err, ERR_LIMIT, "body.paths: %zu are more than %d", ret->n,
                       FILE_BODY_MAX_PATHS);
    return 0;
}

int paths_body_read(struct paths_body *ret, const char *content_type, const char *text,
                    size_t len, struct err *err)
{
    memset(ret, 0, sizeof(*ret));
    return content_type && text_has_prefix(content_type, "application/json")
               ? read_json_paths(ret, text, len, err)
               : read_form_paths(ret, text, len, err);
}

void paths_body_finish(struct paths_body *body)
{
    free(body->paths);
    form_finish(&body->form);
    json_decref(body->doc);
}

/* NULL when it is not sent, which is not the same as an empty one. */
static const char *rules(struct json_reader *r, const json_t *doc, const char *key)
{
    const char *text = json_str(r, doc, key, JSON_OPTIONAL);

    if (strlen(text) > FILE_BODY_MAX_RULES_BYTES)
        json_fail(r, key, ERR_LIMIT, "more than %d bytes", FILE_BODY_MAX_RULES_BYTES);
    return json_is_string(json_object_get(doc, key)) ? text : NULL;
}

int preupload_body_read(struct preupload_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    ret->attributes = rules(&r, doc, "gitAttributes");
    ret->ignore = rules(&r, doc, "gitIgnore");
    const json_t *files = json_list(&r, doc, "files", JSON_REQUIRED, FILE_BODY_MAX_PATHS);
    int rc = json_reader_check(&r, err);
    if (rc < 0)
        return rc;
    ret->files = xcalloc(json_array_size(files) + 1, sizeof(*ret->files));
    (void)json_enter(&r, "files");
    for (; ret->n < json_array_size(files); ret->n++) {
        const json_t *item = json_array_get(files, ret->n);
        size_t mark = json_enter_item(&r, ret->n);

        ret->files[ret->n].path = json_str(&r, item, "path", JSON_REQUIRED);
        ret->files[ret->n].size = json_i64_or(&r, item, "size", 0, INT64_MAX, 0);
        json_leave(&r, mark);
    }
    return json_reader_check(&r, err);
}

void preupload_body_finish(struct preupload_body *body)
{
    free(body->files);
}

int drop_body_read(struct drop_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    const json_t *deletions = json_obj(&r, doc, "deletions", JSON_REQUIRED);
    (void)json_enter(&r, "deletions");
    const json_t *shas = json_list(&r, deletions, "sha", JSON_REQUIRED, FILE_BODY_MAX_SHAS);
    bool rewrites = json_bool_or(&r, deletions, "rewriteHistory", false);
    if (json_array_size(shas) == 0)
        json_fail(&r, "sha", ERR_RANGE, "names no file");
    ret->oids = xcalloc(json_array_size(shas) + 1, sizeof(*ret->oids));
    (void)json_enter(&r, "sha");
    for (size_t i = 0; i < json_array_size(shas); i++) {
        size_t mark = json_enter_item(&r, i);

        ret->oids[i] = json_string_value(json_array_get(shas, i));
        if (!ret->oids[i] || !hex_is(ret->oids[i], OID_DIGITS))
            json_fail(&r, "", ERR_PARSE, "expected a SHA-256: %d hex digits", OID_DIGITS);
        json_leave(&r, mark);
    }
    ret->drop =
        (struct hub_large_drop){ .oids = ret->oids,
                                 .n = json_array_size(shas),
                                 .history = rewrites ? HUB_REWRITE_HISTORY : HUB_KEEP_HISTORY };
    return json_reader_check(&r, err);
}

void drop_body_finish(struct drop_body *body)
{
    free(body->oids);
}
