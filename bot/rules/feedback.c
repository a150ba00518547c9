/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/feedback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parse.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/rules/kind.h"
#include "bot/rules/links.h"
#include "config/config.h"
#include "store/entry.h"
#include "store/event.h"
#include "store/feedback.h"
#include "store/person.h"
#include "store/thread.h"

enum { MAX_LABELS = 100 };

/* A pull request that says it mends a thread. */
struct mending {
    int64_t thread, pull;
};

struct follower {
    struct bot *bot;
    struct feedback_counts *counts;
    struct mending *mendings;
    size_t n_mendings, cap_mendings;
};

/* What the database has of it already. */
struct known {
    bool exists, is_by_person;
    enum feedback_kind kind;
    enum feedback_state state;
    int64_t resolved_at;
    char rule[80], topic[40];
};

static int take_known(void *ctx, const struct feedback *f, struct err *err)
{
    struct known *known = ctx;

    (void)err;
    known->exists = true;
    known->is_by_person = text_has_prefix(f->rule, "person:");
    known->kind = f->kind;
    known->state = f->state;
    known->resolved_at = f->resolved_at;
    (void)snprintf(known->rule, sizeof(known->rule), "%s", f->rule);
    (void)snprintf(known->topic, sizeof(known->topic), "%s", f->topic);
    return 0;
}

static int find_known(struct known *ret, struct bot *bot, const char *id, struct err *err)
{
    *ret = (struct known){ .exists = false };
    int rc = feedback_get(bot->db, bot->repo_id, id, take_known, ret, err);

    return rc == -ERR_NOTFOUND ? 0 : rc;
}

/* People ---------------------------------------------------------------------------------- */

static int take_is_bot(void *ctx, const struct person *p, struct err *err)
{
    (void)err;
    *(bool *)ctx = p->is_bot;
    return 0;
}

/* A ghost was a person; our own account and bots are none. */
static int is_person(struct bot *bot, int64_t author_id, bool *ret, struct err *err)
{
    bool is_bot = false;
    int rc = author_id ? person_get(bot->db, author_id, take_is_bot, &is_bot, err) : 0;

    *ret = author_id != bot->self_id && !is_bot;
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

/* Links ----------------------------------------------------------------------------------- */

static void remember_mending(struct follower *f, int64_t thread, int64_t pull)
{
    if (f->n_mendings == f->cap_mendings) {
        f->cap_mendings = f->cap_mendings ? 2 * f->cap_mendings : 16;
        f->mendings = xrealloc_array(f->mendings, f->cap_mendings, sizeof(*f->mendings));
    }
    f->mendings[f->n_mendings++] = (struct mending){ thread, pull };
}

static void add_mendings(struct links *links, const struct follower *f, int64_t number)
{
    for (size_t i = 0; i < f->n_mendings && links->n < LINKS_MAX; i++) {
        struct link *link = &links->items[links->n];
        if (f->mendings[i].thread != number)
            continue;
        link->kind = FEEDBACK_LINK_FIXES;
        (void)snprintf(link->target, sizeof(link->target), "%lld",
                       (long long)f->mendings[i].pull);
        links->n++;
    }
}

/* "fixes #3" in a pull request is a link of thread 3, not its own; a text's own number is none.
 * Compacts in place. */
static void keep_own(struct links *links, int64_t number)
{
    char self[24];
    size_t n = 0;

    (void)snprintf(self, sizeof(self), "%lld", (long long)number);
    for (size_t i = 0; i < links->n; i++) {
        const struct link *link = &links->items[i];
        bool is_self = link->kind == FEEDBACK_LINK_THREAD && strcmp(link->target, self) == 0;
        if (link->kind != FEEDBACK_LINK_FIXES && !is_self)
            links->items[n++] = *link;
    }
    links->n = n;
}

static int store_links(struct bot *bot, const char *id, const struct links *links,
                       struct err *err)
{
    struct feedback_link rows[LINKS_MAX];

    for (size_t i = 0; i < links->n; i++)
        rows[i] = (struct feedback_link){ bot->repo_id, id, links->items[i].kind,
                                          links->items[i].target };
    return feedback_link_set(bot->db, bot->repo_id, id, rows, links->n, err);
}

/* Rows ------------------------------------------------------------------------------------ */

static int store_row(struct follower *f, struct feedback *row, const struct known *known,
                     const struct links *links, struct err *err)
{
    enum put_result result;
    int rc;

    if (known->is_by_person) {
        row->kind = known->kind;
        row->rule = known->rule;
        row->topic = known->topic;
    }
    if ((rc = feedback_put(f->bot->db, row, &result, err)) < 0)
        return rc;
    f->counts->added += result == PUT_NEW;
    f->counts->changed += result == PUT_CHANGED;
    return store_links(f->bot, row->id, links, err);
}

struct reopening {
    int64_t after_at;
    bool is_seen;
};

static int look_for_reopening(void *ctx, const struct event *e, struct err *err)
{
    struct reopening *reopening = ctx;

    (void)err;
    if (strcmp(e->kind, "reopened") == 0 && e->created_at >= reopening->after_at)
        reopening->is_seen = true;
    return 0;
}

/* Open threads are open feedback, unless a person resolved it and nobody reopened it since. */
static int find_state(struct feedback *row, struct bot *bot, const struct known *known,
                      const struct thread *t, struct err *err)
{
    struct reopening reopening = { .after_at = known->resolved_at };
    int rc = 0;

    row->state = t->is_open ? FEEDBACK_OPEN : FEEDBACK_RESOLVED;
    row->resolved_at = t->is_open ? 0 : t->closed_at;
    if (!t->is_open || known->state != FEEDBACK_RESOLVED || !known->exists)
        return 0;
    rc = event_each_of_thread(bot->db, bot->repo_id, t->number, look_for_reopening, &reopening,
                              err);
    if (rc == 0 && !reopening.is_seen) {
        row->state = FEEDBACK_RESOLVED;
        row->resolved_at = known->resolved_at;
    }
    return rc;
}

/* Threads --------------------------------------------------------------------------------- */

struct label_set {
    char *names[MAX_LABELS];
    size_t n;
};

static int take_label(void *ctx, const char *label, struct err *err)
{
    struct label_set *set = ctx;

    (void)err;
    if (set->n < MAX_LABELS)
        set->names[set->n++] = xstrdup(label);
    return 0;
}

static void label_set_finish(struct label_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        free(set->names[i]);
}

static int decide_thread(struct kind *ret, struct bot *bot, const struct thread *t,
                         struct err *err)
{
    struct label_set set = { .n = 0 };
    const char *labels[MAX_LABELS];
    int rc = thread_each_label(bot->db, bot->repo_id, t->number, take_label, &set, err);

    for (size_t i = 0; i < set.n; i++)
        labels[i] = set.names[i];
    const struct kind_text text = {
        .source = t->kind == THREAD_PULL ? KIND_OF_PULL : KIND_OF_ISSUE,
        .title = t->title,
        .body = t->body,
        .labels = labels,
        .n_labels = set.n,
        .run_labels = { bot->config->retrain.trigger_label, bot->config->retrain.accepted_label,
                        bot->config->retrain.refused_label },
    };
    kind_decide(ret, &text);
    label_set_finish(&set);
    return rc;
}

static int follow_thread(void *ctx, const struct thread *t, struct err *err)
{
    struct follower *f = ctx;
    char id[FEEDBACK_ID_SIZE];
    struct links links = { .n = 0 };
    struct known known;
    struct kind kind;
    bool counts;
    int rc;

    if ((rc = is_person(f->bot, t->author_id, &counts, err)) < 0 || !counts)
        return rc;
    (void)feedback_id_of_thread(id, t->number);
    if (t->is_gone)
        return feedback_set_deleted(f->bot->db, f->bot->repo_id, id, err);
    struct feedback row = {
        .repo_id = f->bot->repo_id,
        .id = id,
        .number = t->number,
        .author_id = t->author_id,
        .title = t->title,
        .body = t->body,
        .created_at = t->created_at,
    };
    if ((rc = find_known(&known, f->bot, id, err)) < 0 ||
        (rc = decide_thread(&kind, f->bot, t, err)) < 0 ||
        (rc = find_state(&row, f->bot, &known, t, err)) < 0)
        return rc;
    row.kind = kind.kind;
    row.rule = kind.rule;
    row.topic = kind.topic;
    links_find(&links, t->title);
    links_find(&links, t->body);
    keep_own(&links, t->number);
    add_mendings(&links, f, t->number);
    return store_row(f, &row, &known, &links, err);
}

/* First of all: which pull requests say that they mend what. */
static int collect_mendings(void *ctx, const struct thread *t, struct err *err)
{
    struct follower *f = ctx;
    struct links links = { .n = 0 };
    int64_t number;

    (void)err;
    if (t->kind != THREAD_PULL || t->is_gone)
        return 0;
    links_find(&links, t->body);
    for (size_t i = 0; i < links.n; i++)
        if (links.items[i].kind == FEEDBACK_LINK_FIXES &&
            parse_i64(&number, links.items[i].target, 1, INT64_MAX, "thread", NULL) == 0 &&
            number != t->number)
            remember_mending(f, number, t->number);
    return 0;
}

/* Entries --------------------------------------------------------------------------------- */

static int take_thread_state(void *ctx, const struct thread *t, struct err *err)
{
    struct thread *state = ctx;

    (void)err;
    state->number = t->number;
    state->is_open = t->is_open;
    state->closed_at = t->closed_at;
    return 0;
}

static int decide_entry(struct feedback *row, struct follower *f, const struct known *known,
                        const struct entry *e, struct err *err)
{
    struct thread thread = { .number = e->number, .is_open = true };
    struct links links = { .n = 0 };
    int rc =
        thread_get(f->bot->db, f->bot->repo_id, e->number, take_thread_state, &thread, err);

    if (rc < 0 && rc != -ERR_NOTFOUND)
        return rc;
    if ((rc = find_state(row, f->bot, known, &thread, err)) < 0)
        return rc;
    links_find(&links, e->body);
    keep_own(&links, e->number);
    return store_row(f, row, known, &links, err);
}

static int follow_entry(void *ctx, const struct entry *e, struct err *err)
{
    struct follower *f = ctx;
    char id[FEEDBACK_ID_SIZE];
    const struct kind_text text = { .source = KIND_OF_ENTRY, .title = "", .body = e->body };
    struct known known;
    struct kind kind;
    bool counts;
    int rc;

    if ((rc = is_person(f->bot, e->author_id, &counts, err)) < 0 || !counts)
        return rc;
    (void)feedback_id_of_entry(id, e->kind, e->id);
    if (e->is_deleted)
        return feedback_set_deleted(f->bot->db, f->bot->repo_id, id, err);
    if ((rc = find_known(&known, f->bot, id, err)) < 0)
        return rc;
    kind_decide(&kind, &text);
    if (kind.kind == FEEDBACK_OTHER && !known.exists)
        return 0;
    struct feedback row = {
        .repo_id = f->bot->repo_id,
        .id = id,
        .number = e->number,
        .kind = kind.kind,
        .rule = kind.rule,
        .topic = kind.topic,
        .author_id = e->author_id,
        .title = "",
        .body = e->body,
        .created_at = e->created_at,
    };
    return decide_entry(&row, f, &known, e, err);
}

int feedback_follow(struct bot *bot, struct feedback_counts *ret, struct err *err)
{
    struct follower f = { .bot = bot, .counts = ret };
    int rc;

    *ret = (struct feedback_counts){ 0 };
    if ((rc = db_begin(bot->db, DB_FAST, err)) < 0)
        return rc;
    if ((rc = thread_each(bot->db, bot->repo_id, collect_mendings, &f, err)) < 0 ||
        (rc = thread_each(bot->db, bot->repo_id, follow_thread, &f, err)) < 0 ||
        (rc = entry_each(bot->db, bot->repo_id, follow_entry, &f, err)) < 0)
        goto out;
    rc = db_commit(bot->db, err);

out:
    if (rc < 0)
        db_rollback(bot->db);
    free(f.mendings);
    return rc;
}
