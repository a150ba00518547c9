/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger_kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/ledger.h"
#include "bot/ledger_release.h"
#include "bot/marker.h"
#include "store/entry.h"
#include "store/thread.h"

enum { COMMENT_MAX_BYTES = 4 * COMMENT_MAX_CHARACTERS + 4096, STATUS_MAX_BYTES = 140 };

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

const char *ledger_text(const struct ledger_task *task, const char *name)
{
    return or_empty(json_string_value(json_object_get(task->body, name)));
}

/* Comments ------------------------------------------------------------------------------- */

static int pack_comment(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                        struct err *err)
{
    json_t *facts = item->comment.facts ? json_deep_copy(item->comment.facts) : json_object();
    struct buf text;

    (void)bot;
    (void)json_object_set_new(facts, "key", json_string(item->key));
    buf_init(&text, COMMENT_MAX_BYTES);
    comment_render(&text, item->rule, facts, or_empty(item->comment.markdown));
    int rc = buf_check(&text, item->key, err);
    if (rc == 0)
        *ret = json_pack("{s:s}", "body", text.data);
    buf_finish(&text);
    json_decref(facts);
    return rc;
}

struct comment_search {
    const struct bot *bot;
    const struct ledger_task *task;
    struct ledger_found found;
    char *next;
};

/* The oldest of our own with the rule's marker; a stranger may type one. */
static void look_at_comment(struct comment_search *search, const struct forge_entry *entry)
{
    char rule[MARKER_MAX_RULE];

    if (search->found.trace != TRACE_NONE || entry->author.id != search->bot->self_id)
        return;
    if (!marker_rule(rule, entry->body) || strcmp(rule, search->task->rule) != 0)
        return;
    search->found.object_id = entry->id;
    search->found.trace = comment_is_same(entry->body, ledger_text(search->task, "body"))
                              ? TRACE_DONE
                              : TRACE_OTHER;
}

static int look_at_page(void *ctx, const struct forge_page *page, struct err *err)
{
    struct comment_search *search = ctx;

    if (page->is_unchanged)
        return err_set(err, ERR_FORGE, "comments of #%lld: a fresh read was answered with 304",
                       (long long)search->task->number);
    for (size_t i = 0; i < page->n; i++)
        look_at_comment(search, &page->entries[i]);
    free(search->next);
    search->next = page->next[0] ? xstrdup(page->next) : NULL;
    return 0;
}

static int find_comment(struct ledger_found *ret, struct bot *bot,
                        const struct ledger_task *task, struct err *err)
{
    struct comment_search search = { .bot = bot, .task = task };
    int rc;

    do {
        const struct forge_read read = {
            .list = FORGE_COMMENTS,
            .number = task->number,
            .next = search.next,
        };
        rc = forge_read_page(bot->forge, &read, look_at_page, &search, err);
    } while (rc == 0 && search.next && search.found.trace == TRACE_NONE);
    free(search.next);
    *ret = search.found;
    return rc;
}

static int send_comment(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                        const struct ledger_found *found, struct err *err)
{
    const char *body = ledger_text(task, "body");

    if (found->trace == TRACE_NONE)
        return forge_create_comment(bot->forge, task->number, body, ret_id, err);
    *ret_id = found->object_id;
    return forge_edit_comment(bot->forge, found->object_id, body, err);
}

static int follow_comment(struct bot *bot, const struct ledger_task *task, int64_t id,
                          struct err *err)
{
    const struct own_comment comment = {
        .repo_id = bot->repo_id,
        .id = id,
        .number = task->number,
        .rule = task->rule,
        .body = ledger_text(task, "body"),
    };

    return own_comment_put(bot->db, &comment, NULL, err);
}

/* Labels --------------------------------------------------------------------------------- */

static int pack_label(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                      struct err *err)
{
    (void)bot;
    if (!item->label.name || !item->label.name[0])
        return err_set(err, ERR_RANGE, "%s: a label without a name", item->key);
    *ret = json_pack("{s:s}", "name", item->label.name);
    return 0;
}

static int find_label(struct ledger_found *ret, struct bot *bot, const struct ledger_task *task,
                      struct err *err)
{
    bool is_wanted = task->kind == ACTION_LABEL_ADD;

    (void)bot;
    (void)err;
    ret->trace = task->has_body_label == is_wanted ? TRACE_DONE : TRACE_NONE;
    return 0;
}

static int add_label(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                     const struct ledger_found *found, struct err *err)
{
    (void)ret_id;
    (void)found;
    return forge_add_label(bot->forge, task->number, ledger_text(task, "name"), err);
}

static int remove_label(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                        const struct ledger_found *found, struct err *err)
{
    (void)ret_id;
    (void)found;
    return forge_remove_label(bot->forge, task->number, ledger_text(task, "name"), err);
}

static int follow_label_add(struct bot *bot, const struct ledger_task *task, int64_t id,
                            struct err *err)
{
    (void)id;
    return thread_label_add(bot->db, bot->repo_id, task->number, ledger_text(task, "name"),
                            err);
}

static int follow_label_remove(struct bot *bot, const struct ledger_task *task, int64_t id,
                               struct err *err)
{
    (void)id;
    return thread_label_remove(bot->db, bot->repo_id, task->number, ledger_text(task, "name"),
                               err);
}

/* Commit statuses ------------------------------------------------------------------------ */

static int pack_status(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                       struct err *err)
{
    const char *description = or_empty(item->status.description);
    int len = (int)text_cut(description, STATUS_MAX_BYTES);

    (void)bot;
    if (!item->status.sha || !item->status.context || !item->status.state)
        return err_set(err, ERR_RANGE, "%s: a status without commit, context or state",
                       item->key);
    *ret = json_pack("{s:s, s:s, s:s, s:s%, s:s}", "sha", item->status.sha, "context",
                     item->status.context, "state", item->status.state, "description",
                     description, (size_t)len, "target_url", or_empty(item->status.target_url));
    return *ret ? 0 : err_set(err, ERR_PARSE, "%s: a status that is no UTF-8", item->key);
}

struct status_search {
    const struct bot *bot;
    const struct ledger_task *task;
    bool is_seen; /* the newest of the context decides: of a second, the one with the last id */
    int64_t id;
    struct ledger_found *found;
};

static int look_at_status(void *ctx, const struct forge_status *status, struct err *err)
{
    struct status_search *search = ctx;
    const struct ledger_task *task = search->task;

    (void)err;
    if ((search->is_seen && status->id <= search->id) ||
        strcmp(status->context, ledger_text(task, "context")) != 0)
        return 0;
    search->is_seen = true;
    search->id = status->id;
    search->found->trace = TRACE_NONE;
    if (status->creator_id == search->bot->self_id &&
        strcmp(status->state, ledger_text(task, "state")) == 0 &&
        strcmp(status->description, ledger_text(task, "description")) == 0)
        search->found->trace = TRACE_DONE;
    return 0;
}

static int find_status(struct ledger_found *ret, struct bot *bot,
                       const struct ledger_task *task, struct err *err)
{
    struct status_search search = { .bot = bot, .task = task, .found = ret };

    return forge_each_status(bot->forge, ledger_text(task, "sha"), look_at_status, &search,
                             err);
}

static int send_status(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                       const struct ledger_found *found, struct err *err)
{
    const struct forge_status status = {
        .context = ledger_text(task, "context"),
        .state = ledger_text(task, "state"),
        .description = ledger_text(task, "description"),
    };

    (void)ret_id;
    (void)found;
    return forge_create_status(bot->forge, ledger_text(task, "sha"), &status,
                               ledger_text(task, "target_url"), err);
}

static const struct ledger_kind kinds[] = {
    [ACTION_COMMENT] = { pack_comment, find_comment, send_comment, follow_comment, true },
    [ACTION_LABEL_ADD] = { pack_label, find_label, add_label, follow_label_add, false },
    [ACTION_LABEL_REMOVE] = { pack_label, find_label, remove_label, follow_label_remove,
                              false },
    [ACTION_STATUS] = { pack_status, find_status, send_status, NULL, false },
    [ACTION_RELEASE] = { ledger_pack_release, ledger_find_release, ledger_send_release,
                         ledger_follow_release, false },
    [ACTION_ASSET] = { ledger_pack_asset, ledger_find_asset, ledger_send_asset,
                       ledger_follow_asset, false },
};

const struct ledger_kind *ledger_kind(enum action_kind kind)
{
    return &kinds[kind];
}
