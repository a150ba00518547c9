/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "store/db.h"
#include "tests/support/scripted_http.h"

#define SHA "4fd1c0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct scene {
    struct scripted_http script;
    struct db *db;
    struct forge *forge;
    struct err err;
};

static void open_scene(struct scene *s, const char *dialect, const char *url)
{
    scripted_http_init(&s->script);
    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, &s->err), 0);
    const struct forge_options options = {
        .dialect = dialect,
        .url = url,
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
    assert_int_equal(forge_new(&s->forge, &options, &s->err), 0);
}

static void close_scene(struct scene *s)
{
    forge_free(s->forge);
    db_close(s->db);
}

static int comment(struct scene *s)
{
    int64_t id;

    return forge_create_comment(s->forge, 7, "Hello.", &id, &s->err);
}

static int set_status(struct scene *s)
{
    const struct forge_status status = { .context = "c",
                                         .state = "success",
                                         .description = "" };

    return forge_create_status(s->forge, SHA, &status, NULL, &s->err);
}

static int label(struct scene *s)
{
    return forge_add_label(s->forge, 7, "ok", &s->err);
}

static int unlabel(struct scene *s)
{
    return forge_remove_label(s->forge, 7, "ok", &s->err);
}

static int release(struct scene *s)
{
    const struct forge_release what = { .tag = "v1", .name = "One", .body = "" };
    int64_t id;

    return forge_create_release(s->forge, &what, SHA, &id, &s->err);
}

static int edit(struct scene *s)
{
    return forge_edit_comment(s->forge, 9, "Hello.", &s->err);
}

static const struct scripted_answer not_found[] = {
    { 404, { 0 }, "{\"message\":\"Not Found\"}" }
};

static int refuse(struct scene *s, int (*write)(struct scene *))
{
    scripted_http_play(&s->script, not_found, 1);
    return write(s);
}

/* GitHub answers a classic token without the scope `repo` so, though it may read. */
static void write_that_is_not_found_is_a_missing_right_on_github(void **state)
{
    static int (*const writes[])(struct scene *) = { comment, edit, set_status, label,
                                                     release };
    struct scene s = { 0 };

    (void)state;
    open_scene(&s, "github", "https://api.github.com");
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        assert_int_equal(refuse(&s, writes[i]), -ERR_DENIED);
        assert_int_equal(s.err.code, ERR_DENIED);
        assert_non_null(strstr(s.err.msg, "may lack the right"));
        assert_non_null(strstr(s.err.msg, "404"));
    }
    close_scene(&s);
}

#define ISSUE(labels)                                                                          \
    {                                                                                          \
        200, { 0 },                                                                            \
            "{\"number\":7,\"state\":\"open\",\"title\":\"t\",\"labels\":" labels              \
            ",\"created_at\":\"2023-11-01T00:00:00Z\","                                        \
            "\"updated_at\":\"2023-11-01T00:00:00Z\"}"                                         \
    }

static void label_that_is_not_found_is_looked_for_before_it_counts_as_gone(void **state)
{
    static const struct scripted_answer gone[] = { { 404, { 0 }, "{}" }, ISSUE("[]") },
                                        denied[] = { { 404, { 0 }, "{}" },
                                                     ISSUE("[{\"name\":\"OK\"}]") };
    struct scene s = { 0 };

    (void)state;
    open_scene(&s, "github", "https://api.github.com");
    scripted_http_play(&s.script, gone, 2);
    assert_int_equal(unlabel(&s), 0);
    assert_int_equal(s.script.n_asked, 2);
    scripted_http_play(&s.script, denied, 2);
    assert_int_equal(unlabel(&s), -ERR_DENIED);
    assert_non_null(strstr(s.err.msg, "may lack the right"));
    close_scene(&s);
}

static void elsewhere_it_is_not_there(void **state)
{
    struct scene s = { 0 };

    (void)state;
    open_scene(&s, "gitea", "https://git.example/api/v1");
    assert_int_equal(refuse(&s, comment), -ERR_NOTFOUND);
    assert_int_equal(refuse(&s, edit), -ERR_NOTFOUND);
    assert_int_equal(refuse(&s, release), -ERR_NOTFOUND);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_that_is_not_found_is_a_missing_right_on_github),
        cmocka_unit_test(label_that_is_not_found_is_looked_for_before_it_counts_as_gone),
        cmocka_unit_test(elsewhere_it_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
