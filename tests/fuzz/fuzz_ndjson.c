/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "hub/web/ndjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What a reader was handed, in an order of its own. */
struct seen {
    uint64_t content, lines;
};

static int take_content(void *ctx, const char *text, size_t len, struct err *err)
{
    struct seen *seen = ctx;

    (void)err;
    for (size_t i = 0; i < len; i++)
        seen->content = seen->content * 31 + (unsigned char)text[i];
    return 0;
}

static int take_line(void *ctx, const json_t *doc, size_t number, struct err *err)
{
    struct seen *seen = ctx;

    (void)doc;
    (void)err;
    seen->lines = seen->lines * 31 + number;
    seen->content = seen->content * 31 + 1;
    return 0;
}

static int read_in(struct seen *seen, const char *data, size_t len, size_t piece)
{
    const struct ndjson_sink sink = { take_content, take_line, seen };
    struct ndjson n;
    int rc = 0;

    *seen = (struct seen){ 0 };
    ndjson_init(&n, &sink);
    for (size_t at = 0; rc == 0 && at < len; at += piece)
        rc = ndjson_feed(&n, data + at, len - at < piece ? len - at : piece, NULL);
    if (rc == 0)
        rc = ndjson_end(&n, NULL);
    ndjson_finish(&n);
    return rc;
}

/* However a body is cut, the same comes out of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct seen whole, pieces;
    int one = read_in(&whole, (const char *)data, len, len + 1);
    int two = read_in(&pieces, (const char *)data, len, 3);

    assert(one == two);
    assert(one < 0 || (whole.content == pieces.content && whole.lines == pieces.lines));
    return 0;
}
