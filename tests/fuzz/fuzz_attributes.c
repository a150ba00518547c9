/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "hub/repo/attributes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The first line is a path, the rest a .gitattributes. The line that is added for a path hands
 * that path to LFS. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xstrndup((const char *)data, len < 2048 ? len : 2048);
    size_t path_len = strcspn(text, "\r\n");
    char *path = xstrndup(text, path_len);
    struct buf added;

    (void)attributes_is_lfs(text + path_len, path);
    buf_init(&added, 65536);
    buf_add_str(&added, text + path_len);
    if (path_len > 0 && path[0] != '/') {
        attributes_add_lfs(&added, path);
        assert(attributes_is_lfs(added.data, path));
    }
    buf_finish(&added);
    free(path);
    free(text);
    return 0;
}
