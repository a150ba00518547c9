/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/lfs_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { OID_DIGITS = SHA256_HEX_SIZE - 1 };

static const char *const operations[] = {
    [LFS_DOWNLOAD] = "download",
    [LFS_UPLOAD] = "upload",
};

static enum lfs_operation read_operation(struct json_reader *r, const json_t *doc)
{
    const char *word = json_str(r, doc, "operation", JSON_REQUIRED);

    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        if (strcmp(word, operations[i]) == 0)
            return (enum lfs_operation)i;
    json_fail(r, "operation", ERR_RANGE, "'%.32s' is neither download nor upload", word);
    return LFS_DOWNLOAD;
}

/* Whether "multipart" is among the ways that the client knows. */
static bool read_transfers(struct json_reader *r, const json_t *doc)
{
    const json_t *items = json_list(r, doc, "transfers", JSON_OPTIONAL, LFS_MAX_TRANSFERS);
    bool knows_parts = false;

    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *word = json_string_value(json_array_get(items, i));

        if (!word)
            json_fail(r, "transfers", ERR_PARSE, "expected strings");
        knows_parts = knows_parts || (word && strcmp(word, "multipart") == 0);
    }
    return knows_parts;
}

/* What is sent along and decides nothing: clients have several names for the one hash. */
static void check_rest(struct json_reader *r, const json_t *doc)
{
    const json_t *ref = json_obj(r, doc, "ref", JSON_OPTIONAL);

    (void)json_str(r, doc, "hash_algo", JSON_OPTIONAL);
    size_t mark = json_enter(r, "ref");
    if (strlen(json_str(r, ref, "name", JSON_OPTIONAL)) > LFS_MAX_REF_BYTES)
        json_fail(r, "name", ERR_LIMIT, "longer than %d bytes", LFS_MAX_REF_BYTES);
    json_leave(r, mark);
}

static void read_object(struct lfs_object *ret, struct json_reader *r, const json_t *item)
{
    const char *oid = json_str(r, item, "oid", JSON_REQUIRED);

    if (!hex_is(oid, OID_DIGITS))
        json_fail(r, "oid", ERR_PARSE, "expected a SHA-256: %d hex digits", OID_DIGITS);
    ret->oid = strlen(oid) <= OID_DIGITS ? oid : "";
    ret->size = json_i64(r, item, "size", 0, LFS_MAX_OBJECT_BYTES);
}

static void read_objects(struct lfs_request *ret, const json_t *items)
{
    ret->objects = xcalloc(json_array_size(items) + 1, sizeof(*ret->objects));
    for (; ret->n_objects < json_array_size(items); ret->n_objects++) {
        struct lfs_object *object = &ret->objects[ret->n_objects];
        struct json_reader r;

        json_reader_init(&r, "objects");
        (void)json_enter_item(&r, ret->n_objects);
        read_object(object, &r, json_array_get(items, ret->n_objects));
        if (r.first.code != 0)
            object->fault = xstrdup(r.first.msg);
    }
}

int lfs_request_read(struct lfs_request *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    ret->operation = read_operation(&r, doc);
    ret->knows_parts = read_transfers(&r, doc);
    check_rest(&r, doc);
    const json_t *objects = json_list(&r, doc, "objects", JSON_REQUIRED, LFS_MAX_OBJECTS);
    int rc = json_reader_check(&r, err);
    if (rc == 0)
        read_objects(ret, objects);
    return rc;
}

void lfs_request_finish(struct lfs_request *request)
{
    for (size_t i = 0; i < request->n_objects; i++)
        free(request->objects[i].fault);
    free(request->objects);
}

int lfs_object_read(struct lfs_object *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    read_object(ret, &r, doc);
    return json_reader_check(&r, err);
}
