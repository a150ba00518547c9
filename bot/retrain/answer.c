/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/answer.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/ledger.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/comment.h"
#include "bot/retrain/facts.h"
#include "bot/retrain/judge.h"
#include "bot/retrain/request.h"
#include "config/config.h"
#include "store/thread.h"

static const char RULE[] = "retrain", STATUS_CONTEXT[] = "hearth/retrain";

enum { COMMENT_MAX_BYTES = 60000, KEY_SIZE = 160 };

/* The forge takes a commit status of one of these words. */
static const char *status_state(bool accepted)
{
    return accepted ? "success" : "failure";
}

static void facts_of(struct facts *facts, const struct request *request, const char *answer)
{
    *facts = (struct facts){ .event_id = request->event_id };
    (void)snprintf(facts->sha, sizeof(facts->sha), "%s", request->sha);
    (void)snprintf(facts->author, sizeof(facts->author), "%s", request->author);
    (void)snprintf(facts->actor, sizeof(facts->actor), "%s", request->actor);
    (void)snprintf(facts->role, sizeof(facts->role), "%s", request->role);
    (void)snprintf(facts->answer, sizeof(facts->answer), "%s", answer);
}

/* "7/retrain/4fd1c0a2b3c4-881/comment": once for this commit and this labelling. */
static int plan(struct bot *bot, const struct request *request, struct ledger_item *item,
                const char *detail, struct err *err)
{
    char key[KEY_SIZE];

    (void)snprintf(key, sizeof(key), "%" PRId64 "/%s/%.12s-%" PRId64 "/%s", request->number,
                   RULE, request->sha, request->event_id, detail);
    item->key = key;
    item->number = request->number;
    item->rule = RULE;
    item->caused_by = request->actor;
    return ledger_plan(bot, item, NULL, err);
}

static int plan_comment(struct bot *bot, const struct request *request, const char *markdown,
                        const struct facts *facts, const char *reason, struct err *err)
{
    json_t *doc = facts_to_json(facts);
    struct ledger_item item = { .kind = ACTION_COMMENT, .reason = reason };

    item.comment.markdown = markdown;
    item.comment.facts = doc;
    int rc = plan(bot, request, &item, "comment", err);
    json_decref(doc);
    return rc;
}

static int plan_status(struct bot *bot, const struct answer *answer, bool accepted,
                       struct err *err)
{
    struct ledger_item item = { .kind = ACTION_STATUS,
                                .reason = "the verdict, beside the commit" };
    struct buf line;

    buf_init(&line, 1000);
    comment_status(&line, answer->judgement, answer->failure);
    item.status.sha = answer->request->sha;
    item.status.context = STATUS_CONTEXT;
    item.status.state = status_state(accepted);
    item.status.description = line.data;
    int rc = plan(bot, answer->request, &item, "status", err);
    buf_finish(&line);
    return rc;
}

static int plan_label(struct bot *bot, const struct request *request, enum action_kind kind,
                      const char *label, const char *detail, const char *reason,
                      struct err *err)
{
    struct ledger_item item = { .kind = kind, .reason = reason };

    /* A verdict as a label is about the head; comment and status name their commit. */
    if (kind == ACTION_LABEL_ADD)
        item.if_head_sha = request->sha;
    /* The trigger is taken away for the labelling that this answers, not for a later one. */
    if (strcmp(label, bot->config->retrain.trigger_label) == 0)
        item.if_label_event = request->event_id;
    item.label.name = label;
    return plan(bot, request, &item, detail, err);
}

/* The verdict as a label, its opposite away if it is there, the trigger away. */
static int plan_labels(struct bot *bot, const struct request *request, bool accepted,
                       struct err *err)
{
    const struct config *config = bot->config;
    const char *now = accepted ? config->retrain.accepted_label : config->retrain.refused_label;
    const char *before =
        accepted ? config->retrain.refused_label : config->retrain.accepted_label;
    bool has_before = false;

    int rc = thread_has_label(bot->db, bot->repo_id, request->number, before, &has_before, err);
    if (rc == 0)
        rc = plan_label(bot, request, ACTION_LABEL_ADD, now, "verdict",
                        "the verdict, in the list of pull requests", err);
    if (rc == 0 && has_before)
        rc = plan_label(bot, request, ACTION_LABEL_REMOVE, before, "old-verdict",
                        "the verdict of an earlier commit", err);
    if (rc == 0)
        rc = plan_label(bot, request, ACTION_LABEL_REMOVE, config->retrain.trigger_label,
                        "trigger", "an approval is used once", err);
    return rc;
}

static void copy_with(struct facts *facts, const struct basis *basis)
{
    facts->with = xmemdup(basis->with, basis->n_with * sizeof(*basis->with));
    facts->n_with = basis->n_with;
    facts->n_with_before = basis->n_with_before;
    (void)snprintf(facts->champion, sizeof(facts->champion), "%s", basis->champion.version);
}

int answer_plan_verdict(struct bot *bot, const struct answer *answer, struct err *err)
{
    const struct request *request = answer->request;
    bool accepted = answer->judgement->has_run && answer->judgement->verdict.is_accepted;
    struct facts facts;
    struct buf text;

    facts_of(&facts, request, "granted");
    copy_with(&facts, answer->basis);
    buf_init(&text, COMMENT_MAX_BYTES);
    comment_verdict(&text, &facts, bot->config, answer->judgement, answer->run_id,
                    answer->failure);
    int rc = buf_check(&text, "comment", err);
    if (rc == 0)
        rc = plan_comment(bot, request, text.data, &facts, "the verdict of the run", err);
    if (rc == 0)
        rc = plan_status(bot, answer, accepted, err);
    if (rc == 0)
        rc = plan_labels(bot, request, accepted, err);
    buf_finish(&text);
    facts_finish(&facts);
    return rc;
}

int answer_plan_refusal(struct bot *bot, const struct request *request, struct err *err)
{
    struct facts facts;
    struct buf text;

    facts_of(&facts, request, "refused");
    buf_init(&text, COMMENT_MAX_BYTES);
    comment_refusal(&text, &facts, bot->config, request->reason);
    int rc = plan_comment(bot, request, text.data, &facts, "why no run was started", err);
    if (rc == 0)
        rc = plan_label(bot, request, ACTION_LABEL_REMOVE, bot->config->retrain.trigger_label,
                        "trigger", "the request was answered", err);
    buf_finish(&text);
    facts_finish(&facts);
    return rc;
}
