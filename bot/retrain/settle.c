/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/settle.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/retrain/request.h"
#include "store/thread.h"

struct numbers {
    int64_t *items;
    size_t n;
};

static int collect(void *ctx, int64_t number, struct err *err)
{
    struct numbers *numbers = ctx;

    (void)err;
    numbers->items = xrealloc_array(numbers->items, numbers->n + 1, sizeof(*numbers->items));
    numbers->items[numbers->n++] = number;
    return 0;
}

int settle_merged(struct bot *bot, struct err *err)
{
    struct numbers numbers = { 0 };

    int rc = pull_each_unsettled(bot->db, bot->repo_id, collect, &numbers, err);
    for (size_t i = 0; rc == 0 && i < numbers.n; i++) {
        struct request request = { 0 };

        rc = request_read_pull(&request, bot, numbers.items[i], err);
        request_finish(&request);
    }
    free(numbers.items);
    return rc;
}
