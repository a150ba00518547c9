/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ledger_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/fs.h"
#include "store/repository.h"

static int64_t fixed_now(void *ctx)
{
    (void)ctx;
    return (int64_t)SCENE_NOW * 1000;
}

static void no_sleep(void *ctx, int64_t ms)
{
    (void)ctx;
    (void)ms;
}

void scene_put_thread(struct scene *s, int64_t number, enum thread_kind kind)
{
    const struct thread t = {
        .repo_id = SCENE_REPO,
        .number = number,
        .kind = kind,
        .title = "A thread",
        .body = "",
        .is_open = true,
        .state_reason = "",
    };

    assert_int_equal(thread_put(s->db, &t, NULL, NULL), 0);
    (void)fake_add_thread(&s->forge, number, kind == THREAD_PULL ? SCENE_HEAD : NULL);
}

int scene_open(void **state)
{
    struct scene *s = test_calloc(1, sizeof(*s));
    const struct repository repo = {
        .id = SCENE_REPO,
        .owner = "o",
        .name = "r",
        .default_branch = "main",
        .self_id = FAKE_SELF_ID,
        .self_login = "hearth",
    };
    struct err err = { 0 };

    assert_int_equal(fs_temp_dir(&s->dir, NULL, &err), 0);
    fake_forge_init(&s->forge);
    s->clock = (struct clock){ fixed_now, no_sleep, NULL };
    s->config.dir = s->dir;
    s->config.budgets.per_rule = 100;
    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, &err), 0);
    assert_int_equal(db_begin(s->db, DB_FAST, &err), 0);
    assert_int_equal(repository_put(s->db, &repo, NULL, &err), 0);
    scene_put_thread(s, SCENE_ISSUE, THREAD_ISSUE);
    scene_put_thread(s, SCENE_PULL, THREAD_PULL);
    assert_int_equal(db_commit(s->db, &err), 0);
    s->bot = (struct bot){
        .config = &s->config,
        .clock = &s->clock,
        .db = s->db,
        .forge = &s->forge,
        .repo_id = SCENE_REPO,
        .self_id = FAKE_SELF_ID,
        .self_login = "hearth",
    };
    *state = s;
    return 0;
}

int scene_close(void **state)
{
    struct scene *s = *state;

    db_close(s->db);
    fake_forge_finish(&s->forge);
    (void)fs_remove(s->dir, NULL);
    free(s->dir);
    test_free(s);
    return 0;
}

enum action_plan_result scene_plan(struct scene *s, const struct ledger_item *item)
{
    enum action_plan_result result;
    struct err err = { 0 };

    assert_int_equal(db_begin(s->db, DB_DURABLE, &err), 0);
    assert_int_equal(ledger_plan(&s->bot, item, &result, &err), 0);
    assert_int_equal(db_commit(s->db, &err), 0);
    return result;
}

struct ledger_item comment_item(const char *key, int64_t number, const char *markdown)
{
    return (struct ledger_item){
        .key = key,
        .kind = ACTION_COMMENT,
        .number = number,
        .rule = "retrain",
        .reason = "the run ended",
        .comment = { .markdown = markdown },
    };
}

struct ledger_item label_item(enum action_kind kind, const char *key, const char *name)
{
    return (struct ledger_item){
        .key = key,
        .kind = kind,
        .number = SCENE_PULL,
        .rule = "retrain",
        .label = { .name = name },
    };
}

struct ledger_item status_item(const char *key, const char *state)
{
    return (struct ledger_item){
        .key = key,
        .kind = ACTION_STATUS,
        .number = SCENE_PULL,
        .rule = "retrain",
        .status = { .sha = SCENE_HEAD,
                    .context = "hearth/retrain",
                    .state = state,
                    .description = "98.1 %" },
    };
}

struct ledger_counts scene_apply(struct scene *s)
{
    struct ledger_counts counts;
    struct err err = { 0 };

    assert_int_equal(ledger_apply(&s->bot, &counts, &err), 0);
    return counts;
}

static int see(void *ctx, const struct action *a, struct err *err)
{
    struct seen *seen = ctx;

    (void)err;
    seen->state = a->state;
    seen->object_id = a->object_id;
    (void)snprintf(seen->error, sizeof(seen->error), "%s", a->error);
    return 0;
}

struct seen scene_look(struct scene *s, const char *key)
{
    struct seen seen = { 0 };

    assert_int_equal(action_get(s->db, SCENE_REPO, key, see, &seen, NULL), 0);
    return seen;
}

/* As a kill leaves it: `sent` is on disk, nothing after it. */
void scene_set_sent(struct scene *s, const char *key)
{
    assert_int_equal(db_begin(s->db, DB_DURABLE, NULL), 0);
    assert_int_equal(action_set_sent(s->db, SCENE_REPO, key, SCENE_NOW, NULL), 0);
    assert_int_equal(db_commit(s->db, NULL), 0);
}

void scene_fail_next(struct scene *s, int failure, int times, enum fake_effect effect)
{
    s->forge.failure = failure;
    s->forge.n_failures = times;
    s->forge.effect = effect;
}
