/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "bot/marker.h"
#include "bot/sync/reading.h"
#include "config/config.h"
#include "store/entry.h"
#include "store/event.h"
#include "store/person.h"
#include "store/thread.h"

static void count(struct reading *rd, enum put_result put)
{
    rd->result->n_new += put == PUT_NEW;
    rd->result->n_changed += put == PUT_CHANGED;
}

static bool is_listed_bot(const struct reading *rd, const char *login)
{
    const struct string_list *bots = rd->options->bots;

    for (size_t i = 0; bots && i < bots->n; i++)
        if (text_equal_ignoring_case(bots->items[i], login))
            return true;
    return false;
}

static int put_person(struct reading *rd, const struct forge_user *user, struct err *err)
{
    if (user->id == 0)
        return 0;
    const struct person person = { user->id, user->login,
                                   user->is_bot || is_listed_bot(rd, user->login) };
    return person_put(rd->db, &person, err);
}

int rows_put_thread(struct reading *rd, const struct forge_thread *t, struct err *err)
{
    const struct thread row = {
        .repo_id = rd->repo_id,
        .number = t->number,
        .kind = t->is_pull ? THREAD_PULL : THREAD_ISSUE,
        .title = t->title,
        .body = t->body,
        .author_id = t->author.id,
        .is_open = t->is_open,
        .is_locked = t->is_locked,
        .is_draft = t->is_draft,
        .state_reason = t->state_reason,
        .created_at = t->created_at,
        .updated_at = t->updated_at,
        .closed_at = t->closed_at,
        .merged_at = t->merged_at,
        .n_comments = t->n_comments,
        .labels = t->labels,
        .n_labels = t->n_labels,
    };
    enum put_result put = PUT_SAME;

    int rc = put_person(rd, &t->author, err);
    if (rc == 0)
        rc = thread_put(rd->db, &row, &put, err);
    count(rd, put);
    return rc;
}

static int put_own(struct reading *rd, const struct forge_entry *e, struct err *err)
{
    char rule[MARKER_MAX_RULE];

    (void)marker_rule(rule, e->body);
    const struct own_comment row = {
        .repo_id = rd->repo_id,
        .id = e->id,
        .number = e->number,
        .rule = rule,
        .body = e->body,
    };
    enum put_result put = PUT_SAME;
    int rc = own_comment_put(rd->db, &row, &put, err);
    count(rd, put);
    return rc;
}

int rows_put_entry(struct reading *rd, const struct forge_entry *e, struct err *err)
{
    static const enum entry_kind kinds[] = {
        [FORGE_COMMENT] = ENTRY_COMMENT,
        [FORGE_REVIEW] = ENTRY_REVIEW,
        [FORGE_REVIEW_COMMENT] = ENTRY_REVIEW_COMMENT,
    };
    enum put_result put = PUT_SAME;

    if (e->kind == FORGE_COMMENT && e->author.id > 0 && e->author.id == rd->self_id)
        return put_own(rd, e, err);
    const struct entry row = {
        .repo_id = rd->repo_id,
        .kind = kinds[e->kind],
        .id = e->id,
        .number = e->number,
        .author_id = e->author.id,
        .body = e->body,
        .review_state = e->review_state,
        .path = e->path,
        .created_at = e->created_at,
        .updated_at = e->updated_at,
    };
    int rc = put_person(rd, &e->author, err);
    if (rc == 0)
        rc = entry_put(rd->db, &row, &put, err);
    count(rd, put);
    return rc;
}

/* What we did stands in the ledger, and what belongs to no thread is none of ours. */
int rows_put_event(struct reading *rd, const struct forge_event *e, struct err *err)
{
    enum put_result put = PUT_SAME;

    if (e->number == 0 || (e->actor.id > 0 && e->actor.id == rd->self_id))
        return 0;
    const struct event row = {
        .repo_id = rd->repo_id,
        .id = e->id,
        .number = e->number,
        .kind = e->kind,
        .actor_id = e->actor.id,
        .label = e->label,
        .commit_sha = e->commit_sha,
        .created_at = e->created_at,
    };
    int rc = put_person(rd, &e->actor, err);
    if (rc == 0)
        rc = event_put(rd->db, &row, &put, err);
    count(rd, put);
    return rc;
}

static int put_row(struct reading *rd, const struct forge_page *page, size_t i,
                   int64_t *ret_updated_at, struct err *err)
{
    *ret_updated_at = 0;
    switch (page->list) {
    case FORGE_ISSUES:
        *ret_updated_at = page->threads[i].updated_at;
        return rows_put_thread(rd, &page->threads[i], err);
    case FORGE_COMMENTS:
    case FORGE_REVIEW_COMMENTS:
        *ret_updated_at = page->entries[i].updated_at;
        return rows_put_entry(rd, &page->entries[i], err);
    case FORGE_EVENTS: return rows_put_event(rd, &page->events[i], err);
    case FORGE_RELEASES: break;
    }
    return 0;
}

int rows_put_page(struct reading *rd, const struct forge_page *page, int64_t *ret_newest_at,
                  struct err *err)
{
    int64_t updated_at;

    *ret_newest_at = 0;
    for (size_t i = 0; i < page->n; i++) {
        int rc = put_row(rd, page, i, &updated_at, err);
        if (rc < 0)
            return rc;
        if (updated_at > *ret_newest_at)
            *ret_newest_at = updated_at;
    }
    return 0;
}
