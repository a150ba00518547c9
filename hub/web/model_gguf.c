/* SPDX-License-Identifier: Apache-2.0
 * A model's GGUF file is asked for as much as its header turns out to have. */
#include "hub/web/model_json.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "hub/repo/blob.h"
#include "hub/web/gguf.h"
#include "hub/web/shelf.h"

enum { FIRST_BYTES = 256 << 10 };

static const struct hub_file *find_file(const struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->n_files; i++)
        if (text_has_suffix(shelf->files[i].path, ".gguf"))
            return &shelf->files[i];
    return NULL;
}

/* More and more of the file, until it is enough or too much. */
static json_t *read_large(int fd, int64_t size)
{
    json_t *ret = NULL;
    bool is_short = true;

    for (size_t n = FIRST_BYTES; is_short && n <= GGUF_MAX_HEADER; n *= 4) {
        size_t len = (int64_t)n < size ? n : (size_t)size;
        char *bytes = xmalloc(len + 1);

        is_short = false;
        if (pread(fd, bytes, len, 0) == (ssize_t)len)
            ret = gguf_read(bytes, len, &is_short);
        free(bytes);
        if ((int64_t)n >= size)
            break;
    }
    return ret;
}

static json_t *read_small(const struct shelf *shelf, const struct hub_file *file)
{
    bool is_short;
    struct buf bytes;
    json_t *ret = NULL;

    buf_init(&bytes, GGUF_MAX_HEADER);
    if (shelf_read(&bytes, shelf, file, NULL) == 0)
        ret = gguf_read(bytes.data, bytes.len, &is_short);
    buf_finish(&bytes);
    return ret;
}

void model_add_gguf(json_t *model, const struct shelf *shelf)
{
    const struct hub_file *file = find_file(shelf);
    json_t *gguf = NULL;
    int fd = -1;

    if (!file)
        return;
    if (!file->lfs[0]) {
        gguf = read_small(shelf, file);
    } else if (blob_open(&fd, hub_repo_blobs(shelf->repo), file->lfs, NULL) == 0) {
        gguf = read_large(fd, file->size);
        (void)close(fd);
    }
    if (!gguf)
        return;
    (void)json_object_set_new(gguf, "totalFileSize", json_integer((json_int_t)file->size));
    (void)json_object_set_new(model, "gguf", gguf);
}
