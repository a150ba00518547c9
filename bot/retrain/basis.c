/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/basis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "bot/bot.h"
#include "store/contribution.h"
#include "store/thread.h"

void basis_finish(struct basis *basis)
{
    if (!basis)
        return;
    champion_finish(&basis->champion);
    free(basis->with);
    free(basis->samples);
    *basis = (struct basis){ 0 };
}

static void add_with(struct basis *basis, int64_t number, const char *sha)
{
    basis->with = xrealloc_array(basis->with, basis->n_with + 1, sizeof(*basis->with));
    struct facts_with *with = &basis->with[basis->n_with++];

    with->number = number;
    (void)snprintf(with->sha, sizeof(with->sha), "%s", sha);
}

/* Whose contribution is asked for, and where its place in the order of merging is. */
struct place {
    struct basis *basis;
    struct bot *bot;
    int64_t number, merged_at;
};

static int take_merged_at(void *ctx, const struct thread *thread, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = thread->merged_at;
    return 0;
}

static int collect_merged(void *ctx, const struct contribution *c, struct err *err)
{
    struct place *place = ctx;
    int64_t merged_at = 0;

    if (c->number == place->number)
        return 0;
    int rc = thread_get(place->bot->db, place->bot->repo_id, c->number, take_merged_at,
                        &merged_at, err);
    if (rc < 0)
        return rc;
    add_with(place->basis, c->number, c->commit_sha);
    if (place->merged_at == 0 || merged_at < place->merged_at ||
        (merged_at == place->merged_at && c->number < place->number))
        place->basis->n_with_before = place->basis->n_with;
    return 0;
}

static int collect_sample(void *ctx, const struct sample *sample, struct err *err)
{
    struct basis *basis = ctx;

    if (!sample->is_accepted)
        return 0;
    if (sample->n_pixels != INTAKE_PIXELS)
        return err_set(err, ERR_DB, "%s: a stored sample of %zu pixels", sample->path,
                       sample->n_pixels);
    basis->samples =
        xrealloc_array(basis->samples, basis->n_samples + 1, sizeof(*basis->samples));
    struct judge_sample *to = &basis->samples[basis->n_samples++];

    to->label = (int)sample->label;
    memcpy(to->pixels, sample->pixels, INTAKE_PIXELS);
    return 0;
}

static int expect_contribution(void *ctx, const struct contribution *c, struct err *err)
{
    (void)ctx;
    (void)c;
    (void)err;
    return 0;
}

static int read_samples(struct basis *basis, struct bot *bot, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < basis->n_with; i++) {
        const struct facts_with *with = &basis->with[i];

        rc = contribution_get(bot->db, bot->repo_id, with->number, with->sha,
                              expect_contribution, NULL, err);
        if (rc == 0)
            rc = sample_each(bot->db, bot->repo_id, with->number, with->sha, collect_sample,
                             basis, err);
        if (i + 1 == basis->n_with_before)
            basis->n_before = basis->n_samples;
    }
    return rc;
}

int basis_read(struct basis *ret, struct bot *bot, int64_t number, int64_t merged_at,
               struct err *err)
{
    struct basis basis = { 0 };
    struct place place = { &basis, bot, number, merged_at };

    int rc = champion_find(&basis.champion, bot, NULL, err);
    if (rc == 0)
        rc = contribution_each_merged(bot->db, bot->repo_id, collect_merged, &place, err);
    if (rc == 0)
        rc = read_samples(&basis, bot, err);
    if (rc < 0)
        basis_finish(&basis);
    else
        *ret = basis;
    return rc;
}

int basis_replay(struct basis *ret, struct bot *bot, const struct facts *facts, struct err *err)
{
    struct basis basis = { .n_with_before = facts->n_with_before };

    for (size_t i = 0; i < facts->n_with; i++)
        add_with(&basis, facts->with[i].number, facts->with[i].sha);
    int rc = read_samples(&basis, bot, err);
    if (rc == 0)
        rc = champion_find(&basis.champion, bot, facts->champion, err);
    if (rc < 0)
        basis_finish(&basis);
    else
        *ret = basis;
    return rc;
}
