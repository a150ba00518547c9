/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "hub/web/content.h"

enum { MAX_BYTES = CONTENT_IN_MEMORY / 4 }; /* more would go to a file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int read_in(struct content *c, const char *text, size_t len, size_t piece,
                   const char *encoding)
{
    int rc = 0;

    content_init(c, NULL);
    for (size_t at = 0; rc == 0 && at < len; at += piece)
        rc = content_add(c, text + at, len - at < piece ? len - at : piece, NULL);
    return rc < 0 ? rc : content_end(c, encoding, NULL);
}

/* However a text is cut, the same bytes come out of it; and never more than went in. */
static void compare(const char *text, size_t len, const char *encoding)
{
    struct content whole, pieces;
    int one = read_in(&whole, text, len, len + 1, encoding);
    int two = read_in(&pieces, text, len, 3, encoding);

    assert(one == two);
    assert(whole.bytes.len <= len && !whole.put);
    assert(one < 0 || (whole.bytes.len == pieces.bytes.len &&
                       memcmp(whole.bytes.data, pieces.bytes.data, whole.bytes.len) == 0));
    content_finish(&whole);
    content_finish(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len > MAX_BYTES)
        return 0;
    compare((const char *)data, len, "base64");
    compare((const char *)data, len, "utf-8");
    return 0;
}
