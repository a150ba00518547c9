/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "config/config.h"
#include "store/approval.h"
#include "store/person.h"
#include "store/thread.h"

void request_finish(struct request *request)
{
    if (!request)
        return;
    free(request->sha);
    free(request->base_ref);
    free(request->base_sha);
    free(request->author);
    free(request->actor);
    free(request->role);
    free(request->reason);
    *request = (struct request){ 0 };
}

static int take_pull(void *ctx, const struct forge_pull *pull, struct err *err)
{
    struct request *request = ctx;

    (void)err;
    request->sha = xstrdup(pull->head_sha);
    request->base_ref = xstrdup(pull->base_ref);
    request->base_sha = xstrdup(pull->base_sha);
    request->is_merged = pull->is_merged;
    request->merged_at = pull->merged_at;
    return 0;
}

struct pull_step {
    struct request *request;
    struct bot *bot;
};

static int store_pull(void *ctx, const struct forge_pull *pull, struct err *err)
{
    struct pull_step *step = ctx;
    const struct pull row = {
        .repo_id = step->bot->repo_id,
        .number = step->request->number,
        .head_sha = pull->head_sha,
        .base_ref = pull->base_ref,
        .merge_sha = pull->is_merged ? pull->merge_sha : "",
        .head_seen_at = clock_now(step->bot->clock),
    };

    int rc = take_pull(step->request, pull, err);
    return rc < 0 ? rc : pull_put(step->bot->db, &row, err);
}

static int take_login(void *ctx, const struct person *person, struct err *err)
{
    struct request *request = ctx;

    (void)err;
    request->author = xstrdup(person->login);
    return 0;
}

static int take_author_id(void *ctx, const struct thread *thread, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = thread->author_id;
    return 0;
}

int request_read_pull(struct request *request, struct bot *bot, int64_t number, struct err *err)
{
    struct pull_step step = { request, bot };
    int64_t author_id = 0;

    request->number = number;
    int rc = thread_get(bot->db, bot->repo_id, number, take_author_id, &author_id, err);
    if (rc == 0)
        rc = forge_get_pull(bot->forge, number, store_pull, &step, err);
    if (rc == 0 && author_id > 0)
        rc = person_get(bot->db, author_id, take_login, request, err);
    if (rc == 0 && !request->author)
        request->author = xstrdup("ghost");
    return rc;
}

/* What the timeline says about the label, in the server's order. Gitea writes a push down some
 * time after the branch has moved: a push that came later may be missing, but then the head is
 * not the one that was told of before the label. */
struct label_story {
    const char *label;
    struct request *request;
    bool is_bot, is_gone; /* the account that set it */
    bool has_later_commits;
    char head[FORGE_SHA_SIZE];     /* after the last push that is told; "" where none is */
    char labelled[FORGE_SHA_SIZE]; /* the head when the label was set */
};

static bool is_push(const char *kind)
{
    return strcmp(kind, "committed") == 0 || strcmp(kind, "head_ref_force_pushed") == 0;
}

static int follow_label(void *ctx, const struct forge_moment *moment, struct err *err)
{
    struct label_story *story = ctx;
    struct request *request = story->request;

    (void)err;
    if (is_push(moment->kind))
        story->has_later_commits = true;
    if (moment->head[0])
        memcpy(story->head, moment->head, sizeof(story->head));
    if (strcmp(moment->kind, "labeled") != 0 ||
        !text_equal_ignoring_case(moment->label, story->label))
        return 0;
    free(request->actor);
    request->actor = xstrdup(moment->actor.login);
    request->event_id = moment->event_id;
    story->is_bot = moment->actor.is_bot;
    story->is_gone = moment->actor.id == 0;
    story->has_later_commits = false;
    memcpy(story->labelled, story->head, sizeof(story->labelled));
    return 0;
}

static bool has_moved(const struct label_story *story)
{
    return story->has_later_commits ||
           (story->labelled[0] && strcmp(story->labelled, story->request->sha) != 0);
}

static bool is_trusted_bot(const struct config *config, const char *login)
{
    for (size_t i = 0; i < config->retrain.trusted_bots.n; i++) {
        if (text_equal_ignoring_case(config->retrain.trusted_bots.items[i], login))
            return true;
    }
    return false;
}

static enum request_answer refuse(struct request *request, char *reason)
{
    request->reason = reason;
    return REQUEST_REFUSED;
}

static int ask_role(struct request *request, enum request_answer *ret, struct bot *bot,
                    struct err *err)
{
    const char *least_name = bot->config->retrain.min_role;
    enum forge_role role = FORGE_ROLE_NONE, least = FORGE_ROLE_ADMIN;

    int rc = forge_role_parse(&least, least_name, err);
    if (rc == 0)
        rc = forge_get_role(bot->forge, request->actor, &role, err);
    if (rc < 0)
        return rc;

    request->role = xstrdup(forge_role_name(role));
    *ret = REQUEST_GRANTED;
    if (role < least && forge_sees_roles(bot->forge))
        *ret = refuse(request, xasprintf("a run needs the label from an account with the role "
                                         "%s or higher; the one that set it now has %s",
                                         least_name, request->role));
    else if (role < least)
        *ret = refuse(request, xasprintf("a run needs the label from an account with the role "
                                         "%s or higher, and @%s may not look up who has it: "
                                         "`hearth check` names the right that it lacks; after "
                                         "that, please have the label set again",
                                         least_name, bot->self_login));
    return 0;
}

static int find_same_event(void *ctx, const struct approval *approval, struct err *err)
{
    struct request *request = ctx;

    (void)err; /* the label that was answered once, whatever the head was then */
    if (approval->event_id == request->event_id && approval->state != APPROVAL_GRANTED)
        request->event_id = 0;
    return 0;
}

int request_read(struct request *request, enum request_answer *ret, struct bot *bot,
                 int64_t number, struct err *err)
{
    struct label_story story = { .label = bot->config->retrain.trigger_label,
                                 .request = request };

    *ret = REQUEST_NONE;
    request->is_standing = true;
    int rc = request_read_pull(request, bot, number, err);
    if (rc == 0)
        rc = forge_each_moment(bot->forge, number, follow_label, &story, err);
    if (rc == 0)
        rc =
            approval_each_of_pull(bot->db, bot->repo_id, number, find_same_event, request, err);
    if (rc < 0 || !request->actor || request->event_id == 0)
        return rc;

    if (story.is_gone)
        *ret = refuse(request, xstrdup("the account that set the label is gone"));
    else if (story.is_bot && !is_trusted_bot(bot->config, request->actor))
        *ret =
            refuse(request, xstrdup("the label was set by a bot that this community's policy "
                                    "does not list"));
    else if (has_moved(&story))
        *ret = refuse(request, xstrdup("commits were pushed after the label was set, and an "
                                       "approval counts for the commit that was looked at; "
                                       "please have the label set again"));
    else
        return ask_role(request, ret, bot, err);
    request->role = xstrdup(forge_role_name(FORGE_ROLE_NONE));
    return 0;
}
