/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/gitea_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "store/db.h"

struct forge_options scene_options(struct scene *s)
{
    return (struct forge_options){
        .dialect = "auto",
        .url = API,
        .upload_url = "",
        .owner = "o",
        .name = "n",
        .token = "t",
        .http = &s->script.http,
        .db = s->db,
        .clock = &s->script.clock,
        .content_per_minute = 60,
        .content_per_hour = 400,
    };
}

int scene_set_up(void **state)
{
    struct scene *s = xcalloc(1, sizeof(*s));

    scripted_http_init(&s->script);
    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, &s->err), 0);
    const struct forge_options options = scene_options(s);
    assert_int_equal(forge_new(&s->forge, &options, &s->err), 0);
    *state = s;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *s = *state;

    forge_free(s->forge);
    db_close(s->db);
    free(s);
    return 0;
}

void scene_check_asked(const struct scene *s, const char *const *lines, size_t n)
{
    assert_int_equal(s->script.n_asked, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(s->script.asked[i].line, lines[i]);
}
