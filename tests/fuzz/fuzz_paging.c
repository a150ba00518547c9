/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "bot/forge/paging.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any address: the next page is another one, no page follows an empty one, and the one after
 * the next differs again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *target = xstrndup((const char *)data, len);
    struct buf next, after;

    buf_init(&next, len + 64);
    buf_init(&after, len + 64);
    paging_next(&next, target, 0, -1);
    assert(next.len == 0);
    paging_next(&next, target, 50, -1);
    assert(!next.overflow && (next.len == 0 || strcmp(next.data, target) != 0));
    if (next.len > 0)
        paging_next(&after, next.data, 50, -1);
    assert(after.len == 0 || strcmp(after.data, next.data) != 0);
    buf_finish(&next);
    buf_finish(&after);
    free(target);
    return 0;
}
