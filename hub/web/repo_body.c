/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/repo_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/git.h"
#include "hub/repo/repo.h"
#include "hub/web/visit.h"

static enum hosted_kind read_kind(struct json_reader *r, const json_t *doc)
{
    const char *type = json_str(r, doc, "type", JSON_OPTIONAL);
    enum hosted_kind kind;

    if (!visit_parse_kind(&kind, type))
        json_fail(r, "type", ERR_RANGE, "'%.32s': this hub hosts models and datasets", type);
    return kind;
}

int repo_body_read_name(struct repo_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    ret->kind = read_kind(&r, doc);
    const char *name = json_str(&r, doc, "name", JSON_REQUIRED);
    const char *org = json_str(&r, doc, "organization", JSON_OPTIONAL);
    const char *visibility = json_str(&r, doc, "visibility", JSON_OPTIONAL);
    bool is_private = json_bool_or(&r, doc, "private", false);
    if (strcmp(visibility, "protected") == 0)
        json_fail(&r, "visibility", ERR_RANGE, "'protected' is not known here");
    const char *slash = strchr(name, '/'); /* some clients send "namespace/name" */
    ret->ns = slash ? xstrndup(name, (size_t)(slash - name)) : *org ? xstrdup(org) : NULL;
    ret->name = slash ? slash + 1 : name;
    ret->is_private = is_private || strcmp(visibility, "private") == 0;
    ret->licence = "";
    return json_reader_check(&r, err);
}

static int read_file(struct git_new_file *ret, struct buf *content, struct json_reader *r,
                     const json_t *item, struct err *err)
{
    const char *path = json_str(r, item, "path", JSON_REQUIRED);
    const char *text = json_str(r, item, "content", JSON_REQUIRED);
    const char *encoding = json_str(r, item, "encoding", JSON_OPTIONAL);
    bool is_base64 = strcmp(encoding, "base64") == 0;

    if (!is_base64 && *encoding && strcmp(encoding, "utf-8") != 0)
        json_fail(r, "encoding", ERR_RANGE, "'%.32s' is neither base64 nor utf-8", encoding);
    int rc = json_reader_check(r, err);
    if (rc == 0 && is_base64)
        rc = base64_decode(content, text, strlen(text), r->path, err);
    else if (rc == 0)
        buf_add_str(content, text);
    if (rc == 0)
        rc = buf_check(content, r->path, err);
    *ret = (struct git_new_file){ .path = path, .data = content->data, .len = content->len };
    return rc;
}

static int read_files(struct repo_body *ret, const json_t *list, struct err *err)
{
    size_t n = json_array_size(list);
    int rc = 0;

    ret->files = xcalloc(n + 1, sizeof(*ret->files));
    ret->contents = xcalloc(n + 1, sizeof(*ret->contents));
    for (; rc == 0 && ret->n_files < n; ret->n_files++) {
        struct buf *content = &ret->contents[ret->n_files];
        struct json_reader r;

        buf_init(content, REPO_BODY_MAX_FILE_BYTES);
        json_reader_init(&r, "files");
        (void)json_enter_item(&r, ret->n_files);
        rc = read_file(&ret->files[ret->n_files], content, &r,
                       json_array_get(list, ret->n_files), err);
    }
    return rc;
}

int repo_body_read(struct repo_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;
    int rc = repo_body_read_name(ret, doc, err);

    if (rc < 0)
        return rc;
    json_reader_init(&r, "body");
    ret->licence = json_str(&r, doc, "license", JSON_OPTIONAL);
    if (strpbrk(ret->licence, "\r\n"))
        json_fail(&r, "license", ERR_RANGE, "one line, please");
    const json_t *files = json_list(&r, doc, "files", JSON_OPTIONAL, REPO_BODY_MAX_FILES);
    rc = json_reader_check(&r, err);
    return rc < 0 ? rc : read_files(ret, files, err);
}

void repo_body_finish(struct repo_body *body)
{
    for (size_t i = 0; i < body->n_files; i++)
        buf_finish(&body->contents[i]);
    free(body->contents);
    free(body->files);
    free(body->ns);
}

/* "namespace/name" into two strings, of which ns is the caller's. */
static void split_id(struct json_reader *r, const char *key, const char *id, char **ret_ns,
                     const char **ret_name)
{
    const char *slash = strchr(id, '/');
    struct err err = { 0 };

    if (hub_check_id(id, &err) < 0)
        json_fail(r, key, ERR_RANGE, "%s", err.msg);
    *ret_ns = xstrndup(id, slash ? (size_t)(slash - id) : 0);
    *ret_name = slash ? slash + 1 : "";
}

int move_body_read(struct move_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    const char *from = json_str(&r, doc, "fromRepo", JSON_REQUIRED);
    const char *to = json_str(&r, doc, "toRepo", JSON_REQUIRED);
    ret->kind = read_kind(&r, doc);
    split_id(&r, "fromRepo", from, &ret->from_ns, &ret->from_name);
    split_id(&r, "toRepo", to, &ret->to_ns, &ret->to_name);
    return json_reader_check(&r, err);
}

void move_body_finish(struct move_body *body)
{
    free(body->from_ns);
    free(body->to_ns);
}

static void read_gate(struct settings_body *ret, struct json_reader *r, const json_t *gated)
{
    static const char *const words[] = { [GATE_AUTO] = "auto", [GATE_MANUAL] = "manual" };
    const char *word = json_string_value(gated);

    ret->has_gate = gated && !json_is_null(gated);
    if (!ret->has_gate || json_is_false(gated))
        return;
    for (size_t i = GATE_AUTO; word && i <= GATE_MANUAL; i++)
        if (strcmp(word, words[i]) == 0)
            ret->gate = (enum hosted_gate)i;
    if (ret->gate == GATE_NONE)
        json_fail(r, "gated", ERR_RANGE, "expected false, \"auto\" or \"manual\"");
}

int settings_body_read(struct settings_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    const char *visibility = json_str(&r, doc, "visibility", JSON_OPTIONAL);
    if (*visibility && strcmp(visibility, "public") != 0 && strcmp(visibility, "private") != 0)
        json_fail(&r, "visibility", ERR_RANGE, "expected public or private");
    ret->is_private = json_bool_or(&r, doc, "private", false);
    ret->has_privacy = json_is_boolean(json_object_get(doc, "private")) || *visibility;
    if (*visibility)
        ret->is_private = strcmp(visibility, "private") == 0;
    read_gate(ret, &r, json_object_get(doc, "gated"));
    return json_reader_check(&r, err);
}
