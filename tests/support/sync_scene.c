/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sync_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "store/db.h"
#include "store/entry.h"
#include "store/thread.h"

struct forge_options scene_options(const struct scene *s)
{
    return (struct forge_options){
        .dialect = "auto",
        .url = s->url,
        .upload_url = "",
        .owner = "open-digits",
        .name = "digits",
        .token = s->client->token,
        .http = &s->client->http,
        .db = s->db,
        .clock = &s->client->clock,
        .reserve_percent = 10,
        .points_per_minute = 800,
        .content_per_minute = 60,
        .content_per_hour = 400,
        .content_gap_ms = 1000,
    };
}

void scene_connect(struct scene *s, const struct forge_options *options)
{
    forge_free(s->forge);
    s->forge = NULL;
    if (forge_new(&s->forge, options, &s->err) < 0)
        fail_msg("%s", s->err.msg);
}

void scene_reconnect(struct scene *s)
{
    const struct forge_options options = scene_options(s);

    scene_connect(s, &options);
}

void scene_empty_database(struct scene *s)
{
    db_close(s->db);
    s->db = NULL;
    if (db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, &s->err) < 0)
        fail_msg("%s", s->err.msg);
    scene_reconnect(s);
}

static int set_up(void **state, const char *dialect)
{
    struct scene *s = xcalloc(1, sizeof(*s));

    s->client = practice_client_new(dialect, NULL);
    (void)snprintf(s->url, sizeof(s->url), "http://127.0.0.1:1%s", s->client->base);
    scene_empty_database(s);
    *state = s;
    return 0;
}

int scene_set_up(void **state)
{
    return set_up(state, "github");
}

int scene_set_up_gitea(void **state)
{
    return set_up(state, "gitea");
}

int scene_tear_down(void **state)
{
    struct scene *s = *state;

    sync_result_finish(&s->result);
    forge_free(s->forge);
    db_close(s->db);
    practice_client_free(s->client);
    free(s);
    return 0;
}

int scene_sync(struct scene *s, enum sync_mode mode)
{
    const struct sync_options options = {
        .db = s->db, .forge = s->forge, .clock = &s->client->clock, .mode = mode
    };

    sync_result_finish(&s->result);
    practice_client_clear(s->client);
    s->err = (struct err){ 0 };
    return sync_run(&options, &s->result, &s->err);
}

void scene_sync_well(struct scene *s, enum sync_mode mode)
{
    if (scene_sync(s, mode) < 0)
        fail_msg("%s", s->err.msg);
    if (s->result.is_left)
        fail_msg("%s", s->result.why_left);
}

char *scene_dump(struct scene *s)
{
    struct buf out;

    buf_init(&out, 64 << 20);
    assert_int_equal(db_dump(s->db, DB_DUMP_CANONICAL, &out, &s->err), 0);
    return buf_take(&out);
}

int64_t scene_do(struct scene *s, const char *who, const char *fmt, ...)
{
    struct buf order;
    va_list args;

    s->client->now_ms += 1000;
    buf_init(&order, 4096);
    buf_printf(&order, "{\"as\":\"%s\",", who);
    va_start(args, fmt);
    buf_vprintf(&order, fmt, args);
    va_end(args);
    buf_add_char(&order, '}');
    int64_t id = practice_client_do(s->client, order.data);
    buf_finish(&order);
    return id;
}

int64_t scene_open_issue(struct scene *s)
{
    return scene_do(s, "newcomer-1",
                    "\"do\":\"open\",\"title\":\"a title\",\"body\":\"a body\"");
}

void scene_open_issues(struct scene *s, int n)
{
    for (int i = 0; i < n; i++)
        (void)scene_open_issue(s);
    s->client->now_ms += 60000;
}

static int hold_entry(void *ctx, const struct entry *e, struct err *err)
{
    struct held *held = ctx;

    (void)err;
    held->n_entries++;
    held->n_deleted += e->is_deleted;
    (void)snprintf(held->last_body, sizeof(held->last_body), "%s", e->body);
    return 0;
}

static int hold_thread(void *ctx, const struct thread *t, struct err *err)
{
    struct held *held = ctx;

    (void)err;
    held->is_gone = t->is_gone;
    held->is_open = t->is_open;
    (void)snprintf(held->title, sizeof(held->title), "%s", t->title);
    return 0;
}

struct held scene_held(struct scene *s, int64_t number)
{
    int64_t repo = s->result.repo_id;
    struct held held = { 0 };

    assert_int_equal(thread_get(s->db, repo, number, hold_thread, &held, &s->err), 0);
    assert_int_equal(entry_each_of_thread(s->db, repo, number, hold_entry, &held, &s->err), 0);
    return held;
}
