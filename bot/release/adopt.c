/* SPDX-License-Identifier: Apache-2.0
 *
 * After a lost database: releases of our own account that have their SHA256SUMS, which goes
 * last, are whole. Their lineage.json says what they were built on, also where the comments
 * that told it are gone. */
#include "bot/release/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/release/publish.h"
#include "bot/release/release_run.h"
#include "bot/release/stage.h"
#include "bot/retrain/basis.h"
#include "bot/retrain/facts.h"
#include "bot/retrain/retrain.h"
#include "hub/package/lineage.h"
#include "store/db.h"
#include "store/release.h"

enum { LINEAGE_MAX_BYTES = 64 << 20, ADOPT_MAX = 1000, N_PAGES_MAX = 100 };

/* One release of ours on the forge. */
struct standing {
    char version[VERSION_SIZE];
    int64_t id;
    int64_t asset_ids[PACKAGE_FILES]; /* 0 where there is none */
};

struct standing_list {
    const struct bot *bot;
    struct standing *items;
    size_t n;
    char *next; /* path and query of the next page, "" at the end */
};

/* In the order of struct package. */
static const char *const asset_names[PACKAGE_FILES] = {
    "README.md",         "LICENSE",      "ATTRIBUTIONS.md", "config.json",
    "model.safetensors", "lineage.json", "SHA256SUMS",
};
enum { LINEAGE_INDEX = 5, SUMS_INDEX = 6 };

static void collect_assets(struct standing *standing, const struct forge_release *release)
{
    for (size_t i = 0; i < release->n_assets; i++) {
        for (size_t f = 0; f < PACKAGE_FILES; f++) {
            if (strcmp(release->assets[i].name, asset_names[f]) == 0)
                standing->asset_ids[f] = release->assets[i].id;
        }
    }
}

static int collect(void *ctx, const struct forge_page *page, struct err *err)
{
    struct standing_list *list = ctx;

    (void)err;
    free(list->next);
    list->next = xstrdup(page->next ? page->next : "");
    for (size_t i = 0; i < page->n && list->n < ADOPT_MAX; i++) {
        const struct forge_release *release = &page->releases[i];
        struct standing standing = { .id = release->id };

        if (release->author.id != list->bot->self_id || release->is_draft ||
            release->tag[0] != 'v' || !version_is(release->tag + 1))
            continue;
        (void)snprintf(standing.version, sizeof(standing.version), "%s", release->tag + 1);
        collect_assets(&standing, release);
        if (standing.asset_ids[SUMS_INDEX] == 0 || standing.asset_ids[LINEAGE_INDEX] == 0)
            continue;
        list->items = xrealloc_array(list->items, list->n + 1, sizeof(*list->items));
        list->items[list->n++] = standing;
    }
    return 0;
}

static int read_list(struct standing_list *list, struct bot *bot, struct err *err)
{
    struct forge_read what = { .list = FORGE_RELEASES };
    int rc = 0;

    list->next = xstrdup("");
    for (int pages = 0; rc == 0 && pages < N_PAGES_MAX; pages++) {
        char *here = xstrdup(list->next);

        what.next = here[0] ? here : NULL;
        rc = forge_read_page(bot->forge, &what, collect, list, err);
        free(here);
        if (list->next[0] == '\0')
            break;
    }
    return rc;
}

/* What the lineage names, in the form of a marker's facts. */
static void facts_of(struct facts *facts, const struct package_lineage *lineage)
{
    const struct package_release *r = &lineage->release;

    *facts =
        (struct facts){ .n_with = r->n_contributions, .n_with_before = r->n_contributions };
    (void)snprintf(facts->champion, sizeof(facts->champion), "%s", r->previous);
    facts->with = xcalloc(r->n_contributions, sizeof(*facts->with));
    for (size_t i = 0; i < r->n_contributions; i++) {
        facts->with[i].number = r->contributions[i].number;
        (void)snprintf(facts->with[i].sha, sizeof(facts->with[i].sha), "%s",
                       r->contributions[i].commit_sha);
    }
}

/* Each was built on those before it. */
static int restore_contributions(struct bot *bot, const struct package_lineage *lineage,
                                 struct err *err)
{
    struct facts all;
    int rc = 0;

    facts_of(&all, lineage);
    for (size_t i = 0; rc == 0 && i < lineage->release.n_contributions; i++) {
        const struct package_contribution *c = &lineage->release.contributions[i];
        struct facts facts = all;

        facts.n_with = facts.n_with_before = i;
        (void)snprintf(facts.sha, sizeof(facts.sha), "%s", c->commit_sha);
        (void)snprintf(facts.author, sizeof(facts.author), "%s", c->author);
        (void)snprintf(facts.actor, sizeof(facts.actor), "%s", c->approved_by);
        (void)snprintf(facts.role, sizeof(facts.role), "%s", c->approved_role);
        rc = retrain_adopt_released(bot, c->number, c->approved_at, &facts, err);
    }
    facts_finish(&all);
    return rc;
}

static int rebuild(struct stage *stage, struct bot *bot, const struct package_lineage *lineage,
                   struct err *err)
{
    struct release_run run = { 0 };
    struct basis basis = { 0 };
    struct facts facts;

    facts_of(&facts, lineage);
    int rc = basis_replay(&basis, bot, &facts, err);
    if (rc == 0)
        rc = release_run_on(&run, bot, &basis, err);
    if (rc == 0) {
        (void)snprintf(stage->version, sizeof(stage->version), "%s", lineage->release.version);
        (void)snprintf(stage->previous, sizeof(stage->previous), "%s",
                       lineage->release.previous);
        (void)snprintf(stage->run_id, sizeof(stage->run_id), "%s", run.id);
        rc = stage_build(stage, bot, err);
    }
    basis_finish(&basis);
    facts_finish(&facts);
    return rc;
}

/* Of other weights nothing may be said in the name of the release that stands. */
static int check_same(const struct stage *stage, const struct package_lineage *lineage,
                      struct err *err)
{
    const struct package_file *model = stage_model(stage);

    if (strcmp(model->sha256, lineage->model_sha256) == 0)
        return 0;
    return err_set(err, ERR_CONFLICT, "made again, its weights are %.12s and not %.12s",
                   model->sha256, lineage->model_sha256);
}

static int store(struct bot *bot, const struct stage *stage, const struct standing *standing,
                 struct err *err)
{
    int rc = db_begin(bot->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = stage_store(stage, bot, err);
    if (rc == 0)
        rc = release_set_forge_id(bot->db, bot->repo_id, stage->version, standing->id, err);
    for (size_t i = 0; rc == 0 && i < PACKAGE_FILES; i++) {
        if (standing->asset_ids[i] > 0)
            rc = release_file_set_asset(bot->db, bot->repo_id, stage->version, asset_names[i],
                                        standing->asset_ids[i], err);
    }
    if (rc == 0)
        return db_commit(bot->db, err);
    db_rollback(bot->db);
    return rc;
}

static int adopt_one(struct bot *bot, const struct standing *standing, struct err *err)
{
    struct package_lineage lineage = { 0 };
    struct stage stage = { 0 };
    struct buf text;

    buf_init(&text, LINEAGE_MAX_BYTES);
    int rc = forge_read_asset(bot->forge, standing->id, standing->asset_ids[LINEAGE_INDEX],
                              &text, err);
    if (rc == 0)
        rc = package_lineage_read(&lineage, text.data, text.len, "lineage.json", err);
    if (rc == 0)
        rc = restore_contributions(bot, &lineage, err);
    if (rc == 0)
        rc = rebuild(&stage, bot, &lineage, err);
    if (rc == 0)
        rc = check_same(&stage, &lineage, err);
    if (rc == 0)
        rc = store(bot, &stage, standing, err);
    if (rc == 0)
        rc = publish_on_hub(bot, stage.version, err);
    stage_finish(&stage);
    package_lineage_finish(&lineage);
    buf_finish(&text);
    return rc < 0 ? err_wrap(err, rc, "taking in release %s", standing->version) : 0;
}

/* Oldest first: each is compared with the one before it. */
static int by_id(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

/* What it was made from is gone from the forge. */
static void leave(struct release_counts *counts, const struct err *why)
{
    if (counts->left++ == 0)
        (void)snprintf(counts->why_not, sizeof(counts->why_not), "%.255s", why->msg);
}

int release_adopt(struct bot *bot, struct release_counts *counts, struct err *err)
{
    struct standing_list list = { .bot = bot };
    struct err why = { 0 };

    *counts = (struct release_counts){ 0 };
    int rc = read_list(&list, bot, &why);
    if (list.n > 1)
        qsort(list.items, list.n, sizeof(*list.items), by_id);
    for (size_t i = 0; rc == 0 && i < list.n; i++) {
        rc = adopt_one(bot, &list.items[i], &why);
        if (rc == -ERR_NOTFOUND || rc == -ERR_MOVED || rc == -ERR_CONFLICT) {
            leave(counts, &why);
            rc = 0;
        }
    }
    if (rc < 0 && err)
        *err = why;
    free(list.items);
    free(list.next);
    return rc;
}

static int look_at_standing(void *ctx, const struct forge_release *release, struct err *err)
{
    struct standing *standing = ctx;

    (void)err;
    collect_assets(standing, release);
    return 0;
}

int release_stands(struct bot *bot, const char *version, bool *ret, struct err *err)
{
    struct standing standing = { 0 };
    char tag[VERSION_SIZE + 1];

    (void)snprintf(tag, sizeof(tag), "v%s", version);
    int rc = forge_find_release(bot->forge, tag, look_at_standing, &standing, err);
    *ret = rc == 0 && standing.asset_ids[SUMS_INDEX] > 0;
    return rc == -ERR_NOTFOUND ? 0 : rc;
}
