/* SPDX-License-Identifier: Apache-2.0 */
#include "model/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

enum { SPINS_BEFORE_YIELD = 4000 };

struct member {
    struct team *team;
    size_t part;
    pthread_t thread;
};

struct team {
    size_t n_parts;
    void (*work)(void *ctx, size_t part, size_t n_parts);
    void *ctx;
    bool is_over;
    atomic_size_t arrived;
    atomic_size_t round; /* grows when all have arrived */
    struct member members[];
};

static void wait_for_round(struct team *team, size_t seen)
{
    for (int spins = 0; atomic_load_explicit(&team->round, memory_order_acquire) == seen;) {
        if (++spins >= SPINS_BEFORE_YIELD) {
            (void)sched_yield();
            spins = 0;
        }
    }
}

void team_sync(struct team *team)
{
    if (!team)
        return;

    size_t seen = atomic_load_explicit(&team->round, memory_order_relaxed);

    if (atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel) + 1 ==
        team->n_parts) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&team->round, seen + 1, memory_order_release);
        return;
    }
    wait_for_round(team, seen);
}

/* Each job is one round to start it and one to end it. */
static void *member_main(void *arg)
{
    struct member *member = arg;
    struct team *team = member->team;

    for (;;) {
        team_sync(team);
        if (team->is_over)
            return NULL;
        team->work(team->ctx, member->part, team->n_parts);
        team_sync(team);
    }
}

/* Ends a team of which only the members before `n` were started: all of them are on their way
 * to the first round, which the missing ones would never complete. */
static void give_up(struct team *team, size_t n)
{
    team->is_over = true;
    while (atomic_load(&team->arrived) != n - 1)
        (void)sched_yield();
    atomic_fetch_add(&team->round, 1);
    for (size_t i = 1; i < n; i++)
        (void)pthread_join(team->members[i].thread, NULL);
    free(team);
}

int team_new(struct team **ret, size_t n_parts, struct err *err)
{
    struct team *team = xcalloc(1, sizeof(*team) + n_parts * sizeof(team->members[0]));

    team->n_parts = n_parts;
    for (size_t i = 1; i < n_parts; i++) {
        struct member *member = &team->members[i];

        *member = (struct member){ .team = team, .part = i };
        int rc = pthread_create(&member->thread, NULL, member_main, member);
        if (rc != 0) {
            give_up(team, i);
            return err_set(err, ERR_IO, "cannot start thread %zu of %zu: %s", i + 1, n_parts,
                           strerror(rc));
        }
    }
    *ret = team;
    return 0;
}

void team_free(struct team *team)
{
    if (!team)
        return;

    team->is_over = true;
    team_sync(team);
    for (size_t i = 1; i < team->n_parts; i++)
        (void)pthread_join(team->members[i].thread, NULL);
    free(team);
}

void team_run(struct team *team, void (*work)(void *ctx, size_t part, size_t n_parts),
              void *ctx)
{
    if (!team) {
        work(ctx, 0, 1);
        return;
    }
    team->work = work;
    team->ctx = ctx;
    team_sync(team);
    work(ctx, 0, team->n_parts);
    team_sync(team);
}

void team_share(size_t *from, size_t *to, size_t n, size_t unit, size_t part, size_t n_parts)
{
    size_t units = (n + unit - 1) / unit;
    size_t first = units * part / n_parts * unit, last = units * (part + 1) / n_parts * unit;

    *from = first < n ? first : n;
    *to = last < n ? last : n;
}
