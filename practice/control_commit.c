/* SPDX-License-Identifier: Apache-2.0
 * A commit whose files come as JSON. */
#include "practice/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "practice/code.h"

enum { FILES_MAX = 5000, FILE_MAX_BYTES = 64 << 20 };

/* The files in memory while their commit is made; paths are borrowed. */
struct files {
    struct git_new_file *list;
    size_t n;
};

static void files_finish(struct files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free((void *)(uintptr_t)files->list[i].data);
    free(files->list);
}

/* A file's bytes: as text, or packed in an object. */
static int read_file(struct buf *data, const char *path, const json_t *value, struct err *err)
{
    const char *packed = json_string_value(json_object_get(value, "base64"));

    if (packed)
        return base64_decode(data, packed, strlen(packed), path, err);
    if (!json_is_string(value))
        return err_set(err, ERR_PARSE, "files: '%s' is no text, base64 or null", path);
    buf_add(data, json_string_value(value), json_string_length(value));
    return buf_check(data, path, err);
}

static int add_file(struct files *files, const char *path, const json_t *value, struct err *err)
{
    struct git_new_file *file = &files->list[files->n++];
    struct buf data;
    int rc = 0;

    *file = (struct git_new_file){ .path = path };
    if (json_is_null(value))
        return 0;
    buf_init(&data, FILE_MAX_BYTES);
    rc = read_file(&data, path, value, err);
    if (rc == 0) {
        file->data = xmemdup(data.data, data.len + 1);
        file->len = data.len;
    }
    buf_finish(&data);
    return rc;
}

int control_commit(char ret[GIT_HEX_SIZE], struct forge *f, const char *who, const char *parent,
                   const json_t *wanted, struct err *err)
{
    struct files files = { 0 };
    const char *path;
    json_t *value;
    int rc = 0;

    size_t n = json_object_size(wanted);
    if (n == 0 || n > FILES_MAX)
        return err_set(err, ERR_LIMIT, "files: expected 1 to %d of them, or sha", FILES_MAX);
    files.list = xcalloc(n, sizeof(*files.list));
    json_object_foreach((json_t *)(uintptr_t)wanted, path, value)
    {
        rc = rc < 0 ? rc : add_file(&files, path, value, err);
    }
    if (rc == 0)
        rc = code_commit(ret, f,
                         &(struct code_change){ .parent = parent,
                                                .who = who,
                                                .message = "Update the contribution\n",
                                                .files = files.list,
                                                .n_files = files.n },
                         err);
    files_finish(&files);
    return rc;
}
