/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "hub/repo/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Rules, and behind a NUL a path. Whatever the rules are: with "*" as the last one every path
 * is left out, and with "!*" none is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    size_t n = len < 4096 ? len : 4096;
    const uint8_t *nul = n > 0 ? memchr(data, '\0', n) : NULL;
    size_t text_len = nul ? (size_t)(nul - data) : n;
    char *path = nul ? xstrndup((const char *)nul + 1, n - text_len - 1) : xstrdup("a/b");
    struct ignore *ignore = NULL;
    bool is_out = false;
    struct buf text;

    buf_init(&text, 65536);
    buf_add(&text, data, text_len);
    if (ignore_parse(&ignore, text.data, text.len, "rules", NULL) == 0)
        (void)ignore_find(&is_out, ignore, path, NULL);
    ignore_free(ignore);
    ignore = NULL;
    buf_add_str(&text, "\n*\n");
    if (path[0] && ignore_parse(&ignore, text.data, text.len, "rules", NULL) == 0)
        assert(ignore_find(&is_out, ignore, path, NULL) < 0 || is_out);
    ignore_free(ignore);
    ignore = NULL;
    buf_add_str(&text, "!*\n");
    if (ignore_parse(&ignore, text.data, text.len, "rules", NULL) == 0)
        assert(ignore_find(&is_out, ignore, path, NULL) < 0 || !is_out);
    ignore_free(ignore);
    buf_finish(&text);
    free(path);
    return 0;
}
