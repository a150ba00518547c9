/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "bot/forge/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any header: what comes out begins with one slash, and what passes the check can be sent. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *header = xstrndup((const char *)data, len);
    struct buf next;

    buf_init(&next, LINK_MAX_TARGET);
    if (link_next(&next, header, NULL) == 0 && next.len > 0) {
        assert(next.data[0] == '/' && next.data[1] != '/');
        assert(!strchr(next.data, '#'));
        if (link_check(next.data, "/api/v3", NULL) == 0)
            for (const char *p = next.data; *p; p++)
                assert(*p > ' ' && *p < 0x7f);
    }
    buf_finish(&next);
    free(header);
    return 0;
}
