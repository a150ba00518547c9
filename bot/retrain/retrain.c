/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/retrain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/retrain/attempt.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/facts.h"
#include "bot/retrain/own_facts.h"
#include "bot/retrain/request.h"
#include "bot/retrain/settle.h"
#include "config/config.h"
#include "store/thread.h"

/* A pull request with the trigger label. */
struct standing {
    int64_t number, merged_at;
};

struct standing_list {
    struct standing *items;
    size_t n;
};

static int collect(void *ctx, const struct thread *thread, struct err *err)
{
    struct standing_list *list = ctx;

    (void)err;
    if (thread->kind != THREAD_PULL || thread->is_gone ||
        (!thread->is_open && thread->merged_at == 0))
        return 0;
    list->items = xrealloc_array(list->items, list->n + 1, sizeof(*list->items));
    list->items[list->n++] = (struct standing){ thread->number, thread->merged_at };
    return 0;
}

/* Merged ones first, in order of merging; then by number. */
static int by_merging(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;
    int64_t x_at = x->merged_at > 0 ? x->merged_at : INT64_MAX;
    int64_t y_at = y->merged_at > 0 ? y->merged_at : INT64_MAX;

    if (x_at != y_at)
        return x_at < y_at ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Usually what stands now. After a lost database the comment may be there already, and the
 * rest of the answer not yet: then the very same answer must be completed. */
static int find_basis(struct basis *ret, struct bot *bot, const struct request *request,
                      struct err *err)
{
    struct facts facts = { 0 };
    bool is_found = false;

    int rc = own_facts_find(&facts, &is_found, bot, request->number, err);
    if (rc == 0 && is_found && facts.event_id == request->event_id)
        rc = basis_replay(ret, bot, &facts, err);
    else if (rc == 0)
        rc = basis_read(ret, bot, request->number, request->merged_at, err);
    facts_finish(&facts);
    return rc;
}

/* Nobody can be asked for: a label that was renamed stands there under a name by which it was
 * never set. */
static int check_actor(const struct bot *bot, const struct request *request, struct err *err)
{
    if (request->actor)
        return 0;
    return err_set(err, ERR_CONFLICT,
                   "nothing tells who set the label %s (was it renamed?): please have it set "
                   "again",
                   bot->config->retrain.trigger_label);
}

static int answer_request(struct bot *bot, int64_t number, struct retrain_counts *counts,
                          struct err *err)
{
    enum request_answer answer = REQUEST_NONE;
    struct request request = { 0 };
    struct basis basis = { 0 };

    int rc = request_read(&request, &answer, bot, number, err);
    if (rc == 0)
        rc = check_actor(bot, &request, err);
    if (rc == 0 && answer == REQUEST_REFUSED) {
        rc = attempt_refuse(bot, &request, err);
        counts->refused += rc == 0;
    } else if (rc == 0 && answer == REQUEST_GRANTED) {
        rc = find_basis(&basis, bot, &request, err);
        if (rc == 0)
            rc = attempt_run(bot, &request, &basis, err);
        counts->runs += rc == 0;
    }
    basis_finish(&basis);
    request_finish(&request);
    return rc;
}

/* One run is made in every cycle, however short; a further one only if it will end in time. */
static int check_time(const struct bot *bot, const struct retrain_counts *counts,
                      struct err *err)
{
    int64_t longest_s =
        bot->config->retrain.fetch_timeout_s + bot->config->retrain.judge_timeout_s;

    if (counts->runs == 0 || bot->deadline_ms == 0 ||
        clock_now_ms(bot->clock) + longest_s * 1000 <= bot->deadline_ms)
        return 0;
    return err_set(err, ERR_BUDGET, "another run might pass the cycle's deadline");
}

/* Errors that concern one request or this moment; with others the cycle cannot go on. */
static bool is_passing(int rc)
{
    return rc == -ERR_CONFLICT || rc == -ERR_NET || rc == -ERR_TIMEOUT || rc == -ERR_FORGE ||
           rc == -ERR_NOTFOUND || rc == -ERR_GIT || rc == -ERR_BUDGET || rc == -ERR_LIMIT;
}

int retrain_plan(struct bot *bot, struct retrain_counts *counts, struct err *err)
{
    struct standing_list list = { 0 };

    *counts = (struct retrain_counts){ 0 };
    int rc = settle_merged(bot, err);
    if (rc == 0)
        rc = thread_each_labelled(bot->db, bot->repo_id, bot->config->retrain.trigger_label,
                                  collect, &list, err);
    if (list.n > 1)
        qsort(list.items, list.n, sizeof(*list.items), by_merging);
    for (size_t i = 0; rc == 0 && i < list.n; i++) {
        struct err why = { 0 };

        rc = check_time(bot, counts, &why);
        if (rc == 0)
            rc = answer_request(bot, list.items[i].number, counts, &why);
        if (rc == 0)
            continue;
        (void)err_wrap(&why, rc, "pull request %" PRId64, list.items[i].number);
        if (!is_passing(rc)) {
            if (err)
                *err = why;
            break;
        }
        if (counts->left++ == 0)
            (void)snprintf(counts->why_left, sizeof(counts->why_left), "%.255s", why.msg);
        rc = 0;
    }
    free(list.items);
    return rc;
}
