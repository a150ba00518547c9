/* SPDX-License-Identifier: Apache-2.0
 *
 * After a lost database. A comment of ours says what a run was built on; our commit status,
 * which nobody but us can set in our name, says that the run was made. */
#include "bot/retrain/retrain.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/retrain/attempt.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/facts.h"
#include "bot/retrain/own_facts.h"
#include "bot/retrain/request.h"
#include "config/config.h"
#include "store/approval.h"
#include "store/contribution.h"
#include "store/thread.h"

/* A pull request with a comment of ours that has not been followed up yet. */
struct trace {
    int64_t number;
    struct facts facts;
    bool is_done;
};

struct trace_list {
    struct bot *bot;
    struct trace *items;
    size_t n;
    int64_t n_comments; /* of ours, whatever they say */
};

/* An earlier cycle may have been killed while it adopted. */
static int look_at_approval(void *ctx, const struct approval *approval, struct err *err)
{
    struct trace *trace = ctx;

    (void)err;
    if (approval->event_id == trace->facts.event_id && approval->state == APPROVAL_USED)
        trace->is_done = true;
    return 0;
}

static int collect(void *ctx, const struct thread *thread, struct err *err)
{
    struct trace_list *list = ctx;
    struct bot *bot = list->bot;
    struct trace trace = { .number = thread->number };
    bool is_found = false, is_standing = false;

    if (thread->kind != THREAD_PULL || thread->is_gone)
        return 0;
    int rc = own_facts_find(&trace.facts, &is_found, bot, thread->number, err);
    if (rc == 0 && is_found)
        rc = thread_has_label(bot->db, bot->repo_id, thread->number,
                              bot->config->retrain.trigger_label, &is_standing, err);
    if (rc == 0 && is_found)
        rc = approval_each_of_pull(bot->db, bot->repo_id, thread->number, look_at_approval,
                                   &trace, err);
    list->n_comments += is_found;
    /* Where the label still stands, the answer is completed as for any standing request. */
    if (rc < 0 || !is_found || is_standing || trace.is_done ||
        strcmp(trace.facts.answer, "granted") != 0) {
        facts_finish(&trace.facts);
        return rc;
    }
    list->items = xrealloc_array(list->items, list->n + 1, sizeof(*list->items));
    list->items[list->n++] = trace;
    return 0;
}

struct status_search {
    int64_t self_id;
    bool is_found;
};

static int look_at_status(void *ctx, const struct forge_status *status, struct err *err)
{
    struct status_search *search = ctx;

    (void)err;
    if (status->creator_id == search->self_id && strcmp(status->context, "hearth/retrain") == 0)
        search->is_found = true;
    return 0;
}

/* The request of that time, for the commit of that time. */
static int rebuild_request(struct request *request, struct bot *bot, const struct trace *trace,
                           struct err *err)
{
    int rc = request_read_pull(request, bot, trace->number, err);

    if (rc < 0)
        return rc;
    free(request->sha);
    request->sha = xstrdup(trace->facts.sha);
    if (trace->facts.author[0]) {
        free(request->author);
        request->author = xstrdup(trace->facts.author);
    }
    request->event_id = trace->facts.event_id;
    request->actor = xstrdup(trace->facts.actor);
    request->role = xstrdup(trace->facts.role);
    return 0;
}

static int follow(struct bot *bot, const struct trace *trace, struct err *err)
{
    struct status_search search = { .self_id = bot->self_id };
    struct request request = { 0 };
    struct basis basis = { 0 };

    int rc = basis_replay(&basis, bot, &trace->facts, err);
    if (rc == 0)
        rc = forge_each_status(bot->forge, trace->facts.sha, look_at_status, &search, err);
    if (rc == 0 && !search.is_found)
        rc = err_set(err, ERR_NOTFOUND, "commit %.10s has no status of ours", trace->facts.sha);
    if (rc == 0)
        rc = rebuild_request(&request, bot, trace, err);
    if (rc == 0)
        rc = attempt_run(bot, &request, &basis, err);
    request_finish(&request);
    basis_finish(&basis);
    return rc;
}

/* What cannot be followed, now or ever: a commit that is gone, a status that is not ours, a
 * contribution that another trace has yet to bring. */
static bool is_passed_over(int rc)
{
    return rc == -ERR_NOTFOUND || rc == -ERR_MOVED || rc == -ERR_CONFLICT;
}

/* One pass over what is not done; true in *ret_moved when something was. */
static int follow_all(struct trace_list *list, bool *ret_moved, struct retrain_counts *counts,
                      struct err *err)
{
    *ret_moved = false;
    for (size_t i = 0; i < list->n; i++) {
        struct trace *trace = &list->items[i];

        if (trace->is_done)
            continue;
        int rc = follow(list->bot, trace, err);
        if (rc < 0 && !is_passed_over(rc))
            return rc;
        trace->is_done = rc == 0;
        counts->runs += rc == 0;
        *ret_moved = *ret_moved || rc == 0;
    }
    return 0;
}

int retrain_adopt(struct bot *bot, struct retrain_counts *counts, struct err *err)
{
    struct trace_list list = { .bot = bot };
    bool has_moved = true;

    *counts = (struct retrain_counts){ 0 };
    int rc = thread_each(bot->db, bot->repo_id, collect, &list, err);
    while (rc == 0 && has_moved)
        rc = follow_all(&list, &has_moved, counts, err);
    counts->traces = list.n_comments;
    for (size_t i = 0; i < list.n; i++) {
        counts->left += !list.items[i].is_done;
        facts_finish(&list.items[i].facts);
    }
    if (rc == 0 && counts->left > 0)
        (void)snprintf(counts->why_left, sizeof(counts->why_left),
                       "runs of former times whose commits or statuses are gone");
    free(list.items);
    return rc;
}

/* Released contributions ------------------------------------------------------------------ */

struct label_search {
    const char *label;
    int64_t at; /* whoever set it may be called otherwise by now */
    int64_t event_id;
};

static int look_at_label(void *ctx, const struct forge_moment *moment, struct err *err)
{
    struct label_search *search = ctx;

    (void)err;
    if (strcmp(moment->kind, "labeled") == 0 &&
        text_equal_ignoring_case(moment->label, search->label) &&
        moment->created_at == search->at)
        search->event_id = moment->event_id;
    return 0;
}

static int ignore_contribution(void *ctx, const struct contribution *c, struct err *err)
{
    (void)ctx;
    (void)c;
    (void)err;
    return 0;
}

int retrain_adopt_released(struct bot *bot, int64_t number, int64_t approved_at,
                           const struct facts *facts, struct err *err)
{
    struct label_search search = { .label = bot->config->retrain.trigger_label,
                                   .at = approved_at };
    struct trace trace = { .number = number, .facts = *facts };
    int rc = contribution_get(bot->db, bot->repo_id, number, facts->sha, ignore_contribution,
                              NULL, NULL);

    if (rc != -ERR_NOTFOUND)
        return rc;
    rc = forge_each_moment(bot->forge, number, look_at_label, &search, err);
    if (rc == 0 && search.event_id == 0)
        rc = err_set(err, ERR_NOTFOUND, "nothing tells any more that #%lld was labelled %s",
                     (long long)number, search.label);
    trace.facts.event_id = search.event_id;
    return rc < 0 ? rc : follow(bot, &trace, err);
}
