/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/ledger_kind.h"

static int end_as(struct ledger_check *ret, enum ledger_check_result result, const char *why)
{
    ret->result = result;
    (void)snprintf(ret->why, sizeof(ret->why), "%s", why);
    return 0;
}

static bool is_gone(int rc)
{
    return rc == -ERR_NOTFOUND || rc == -ERR_MOVED;
}

static int look_at_thread(void *ctx, const struct forge_thread *thread, struct err *err)
{
    struct ledger_task *task = ctx;
    const char *name = ledger_text(task, "name");

    (void)err;
    task->is_locked = thread->is_locked;
    task->has_if_label = task->has_body_label = false;
    for (size_t i = 0; i < thread->n_labels; i++) {
        task->has_if_label |= text_equal_ignoring_case(thread->labels[i], task->if_label);
        task->has_body_label |= text_equal_ignoring_case(thread->labels[i], name);
    }
    return 0;
}

static int check_thread(struct ledger_check *ret, struct bot *bot, struct ledger_task *task,
                        struct err *err)
{
    int rc = forge_get_thread(bot->forge, task->number, look_at_thread, task, err);

    if (is_gone(rc))
        return end_as(ret, CHECK_GONE, "the thread is gone");
    if (rc < 0)
        return rc;
    if (task->is_locked && ledger_kind(task->kind)->needs_unlocked)
        return end_as(ret, CHECK_LOCKED, "the thread is locked");
    if (task->if_label[0] && !task->has_if_label)
        return end_as(ret, CHECK_PASSED_BY, "the label was taken away");
    return 0;
}

struct head_search {
    const char *wanted;
    struct ledger_check *check;
};

static int look_at_head(void *ctx, const struct forge_pull *pull, struct err *err)
{
    struct head_search *search = ctx;

    (void)err;
    if (strcmp(pull->head_sha, search->wanted) == 0)
        return 0;
    search->check->result = CHECK_PASSED_BY;
    (void)snprintf(search->check->why, sizeof(search->check->why),
                   "the head moved on from %.7s to %.7s", search->wanted, pull->head_sha);
    return 0;
}

static int check_head(struct ledger_check *ret, struct bot *bot, const struct ledger_task *task,
                      struct err *err)
{
    struct head_search search = { .wanted = task->if_head_sha, .check = ret };
    int rc = forge_get_pull(bot->forge, task->number, look_at_head, &search, err);

    return is_gone(rc) ? end_as(ret, CHECK_GONE, "the pull request is gone") : rc;
}

struct label_search {
    const char *label;
    int64_t last_event;
};

static int look_at_labelling(void *ctx, const struct forge_moment *moment, struct err *err)
{
    struct label_search *search = ctx;

    (void)err;
    if (strcmp(moment->kind, "labeled") == 0 &&
        text_equal_ignoring_case(moment->label, search->label))
        search->last_event = moment->event_id;
    return 0;
}

/* Set again, a label is a new request: it is not ours to take away. */
static int check_labelling(struct ledger_check *ret, struct bot *bot,
                           const struct ledger_task *task, struct err *err)
{
    struct label_search search = { .label = ledger_text(task, "name") };
    int rc = forge_each_moment(bot->forge, task->number, look_at_labelling, &search, err);

    if (rc == 0 && search.last_event > task->if_label_event)
        return end_as(ret, CHECK_PASSED_BY, "the label was set again");
    return is_gone(rc) ? end_as(ret, CHECK_GONE, "the thread is gone") : rc;
}

int ledger_check(struct ledger_check *ret, struct bot *bot, struct ledger_task *task,
                 struct err *err)
{
    int rc = 0;

    *ret = (struct ledger_check){ .result = CHECK_HOLDS };
    if (task->number > 0)
        rc = check_thread(ret, bot, task, err);
    if (rc == 0 && ret->result == CHECK_HOLDS && task->if_head_sha[0])
        rc = check_head(ret, bot, task, err);
    if (rc == 0 && ret->result == CHECK_HOLDS && task->if_label_event > 0)
        rc = check_labelling(ret, bot, task, err);
    return rc;
}
