/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/transport_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "store/db.h"

struct transport_options scene_options(struct scene *s)
{
    return (struct transport_options){
        .url = API "/",
        .upload_url = "https://uploads.test/api",
        .accept = "application/vnd.github+json",
        .token = "s3cret",
        .http = &s->script.http,
        .pace = { .db = s->db,
                  .clock = &s->script.clock,
                  .reserve_percent = 10,
                  .points_per_minute = 20,
                  .content_per_minute = 60,
                  .content_per_hour = 5,
                  .content_gap_ms = 1000 },
    };
}

void scene_reopen(struct scene *s, int64_t deadline_ms)
{
    struct transport_options options = scene_options(s);

    options.pace.deadline_ms = deadline_ms;
    transport_free(s->t);
    s->t = NULL;
    if (transport_new(&s->t, &options, &s->err) < 0)
        fail_msg("%s", s->err.msg);
}

int scene_set_up(void **state)
{
    struct scene *s = xcalloc(1, sizeof(*s));

    scripted_http_init(&s->script);
    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, &s->err), 0);
    scene_reopen(s, 0);
    *state = s;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *s = *state;

    transport_free(s->t);
    db_close(s->db);
    free(s);
    return 0;
}

int scene_send(struct scene *s, const struct transport_request *req,
               struct transport_reply *reply, const struct scripted_answer *answers, size_t n)
{
    s->err = (struct err){ 0 };
    scripted_http_play(&s->script, answers, n);
    int rc = transport_send(s->t, req, reply, &s->err);
    assert_int_equal(s->script.n_asked, n);
    return rc;
}

const struct transport_request get_issues = { .method = "GET",
                                              .path = "/repos/o/n/issues",
                                              .is_conditional = true };
const struct transport_request post_once = { .method = "POST",
                                             .path = "/repos/o/n/issues/1/comments",
                                             .effect = EFFECT_ONCE,
                                             .is_content = true,
                                             .body = "{}",
                                             .body_len = 2 };
const struct transport_request patch = { .method = "PATCH",
                                         .path = "/repos/o/n/issues/comments/1",
                                         .effect = EFFECT_IDEMPOTENT,
                                         .is_content = true,
                                         .body = "{}",
                                         .body_len = 2 };
