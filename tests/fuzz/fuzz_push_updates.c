/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "hub/repo/push_updates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The updates written down again, but for an end of line that was missing. */
static void check_same(const struct push_updates *updates, const char *text, size_t len)
{
    size_t n_new = 0;
    struct buf again;

    buf_init(&again, len + 1);
    for (size_t i = 0; i < updates->n; i++) {
        const struct push_update *u = &updates->items[i];

        assert(hex_is(u->before, GIT_HEX_SIZE - 1) && hex_is(u->after, GIT_HEX_SIZE - 1));
        assert(u->ref[0] != '\0');
        buf_printf(&again, "%s %s %s\n", u->before, u->after, u->ref);
        n_new += push_update_makes(u);
    }
    assert(n_new == updates->n_new);
    assert(again.len == len || again.len == len + 1);
    assert(len == 0 || memcmp(again.data, text, len) == 0);
    buf_finish(&again);
}

/* Nothing of a list that is taken is lost or changed, whatever is in it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct push_updates updates;
    struct err err = { 0 };

    if (push_updates_parse(&updates, (const char *)data, len, &err) == 0)
        check_same(&updates, (const char *)data, len);
    else
        assert(err.msg[0] != '\0');
    push_updates_finish(&updates);
    return 0;
}
