/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/commit_op.h"

#include <stdio.h>
#include <string.h>

#include "base/git.h"
#include "base/hash.h"

enum { MIN_PARENT = 7, MAX_PARENT = GIT_HEX_SIZE - 1, OID_DIGITS = SHA256_HEX_SIZE - 1 };

static void read_header(struct commit_op *ret, struct json_reader *r, const json_t *value)
{
    ret->summary = json_str(r, value, "summary", JSON_REQUIRED);
    ret->description = json_str(r, value, "description", JSON_OPTIONAL);
    ret->parent = json_str(r, value, "parentCommit", JSON_OPTIONAL);
    size_t len = strlen(ret->parent);
    if (len > 0 && (len < MIN_PARENT || len > MAX_PARENT || !hex_is(ret->parent, len)))
        json_fail(r, "parentCommit", ERR_PARSE, "expected %d to %d hex digits", MIN_PARENT,
                  MAX_PARENT);
}

static void read_file(struct commit_op *ret, struct json_reader *r, const json_t *value)
{
    ret->encoding = json_str(r, value, "encoding", JSON_REQUIRED);
    (void)json_str(r, value, "content", JSON_REQUIRED);
}

static void read_large(struct commit_op *ret, struct json_reader *r, const json_t *value)
{
    const char *algo = json_str(r, value, "algo", JSON_OPTIONAL);

    ret->oid = json_str(r, value, "oid", JSON_REQUIRED);
    if (!hex_is(ret->oid, OID_DIGITS))
        json_fail(r, "oid", ERR_PARSE, "expected a SHA-256: %d hex digits", OID_DIGITS);
    if (*algo && strcmp(algo, "sha256") != 0)
        json_fail(r, "algo", ERR_RANGE, "'%.32s' is not sha256", algo);
}

/* What a line's value has beside a path; NULL: nothing. */
static const struct {
    const char *key;
    void (*read)(struct commit_op *ret, struct json_reader *r, const json_t *value);
} kinds[] = {
    [COMMIT_HEADER] = { "header", read_header },
    [COMMIT_FILE] = { "file", read_file },
    [COMMIT_LARGE_FILE] = { "lfsFile", read_large },
    [COMMIT_REMOVED_FILE] = { "deletedFile", NULL },
    [COMMIT_REMOVED_FOLDER] = { "deletedFolder", NULL },
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

int commit_op_read(struct commit_op *ret, const json_t *doc, size_t number, struct err *err)
{
    struct json_reader r;
    char where[32];
    size_t i = 0;

    memset(ret, 0, sizeof(*ret));
    (void)snprintf(where, sizeof(where), "line %zu", number);
    json_reader_init(&r, where);
    const char *key = json_str(&r, doc, "key", JSON_REQUIRED);
    const json_t *value = json_obj(&r, doc, "value", JSON_REQUIRED);
    int rc = json_reader_check(&r, err);
    if (rc < 0)
        return rc;
    while (i < N_KINDS && strcmp(kinds[i].key, key) != 0)
        i++;
    if (i == N_KINDS)
        return err_set(err, ERR_PARSE, "%s: '%.32s' is no operation that is known here", where,
                       key);
    ret->kind = (enum commit_op_kind)i;
    if (ret->kind != COMMIT_HEADER)
        ret->path = json_str(&r, value, "path", JSON_REQUIRED);
    if (kinds[i].read)
        kinds[i].read(ret, &r, value);
    return json_reader_check(&r, err);
}
