/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "hub/repo/attributes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool is_lfs(const struct buf *text, const char *path)
{
    struct attributes *attributes = NULL;
    bool is = false;

    if (attributes_parse(&attributes, text->data, text->len, "lines", NULL) == 0)
        (void)attributes_find_lfs(&is, attributes, path, NULL);
    attributes_free(attributes);
    return is;
}

/* No file's path: empty, or of a folder. */
static bool is_file(const char *path)
{
    size_t len = strlen(path);

    return len > 0 && path[0] != '/' && path[len - 1] != '/';
}

/* The first line is a path, the rest a .gitattributes. Whatever that says, the line that is
 * added for a path hands that path to LFS, and one for all names takes it back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    size_t n = len < 2048 ? len : 2048, path_len = 0;
    struct buf text;

    while (path_len < n && data[path_len] && data[path_len] != '\n' && data[path_len] != '\r')
        path_len++;
    char *path = xstrndup((const char *)data, path_len);
    buf_init(&text, 65536);
    buf_add(&text, data + path_len, n - path_len);
    (void)is_lfs(&text, path);
    if (is_file(path)) {
        attributes_add_lfs(&text, path);
        assert(is_lfs(&text, path));
        buf_add_str(&text, "* -filter\n");
        assert(!is_lfs(&text, path));
    }
    buf_finish(&text);
    free(path);
    return 0;
}
