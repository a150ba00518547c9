/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/gitea_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* Labels --------------------------------------------------------------------------------- */

static void label_is_set_by_its_id(void **state)
{
    const struct scripted_answer answers[] = {
        { 200,
          { "x-total-count", "2" },
          "[{\"id\":3,\"name\":\"bug\"},{\"id\":5,\"name\":\"ok\"}]" },
        { 404, { 0 }, "{}" },
        { 200, { 0 }, "[{\"id\":5,\"name\":\"ok\"}]" },
        { 200, { 0 }, "[{\"id\":3,\"name\":\"bug\"},{\"id\":5,\"name\":\"ok\"}]" },
    };
    struct scene *s = *state;

    PLAY(s, answers);
    assert_int_equal(forge_add_label(s->forge, 7, "ok", &s->err), 0);
    assert_int_equal(forge_add_label(s->forge, 7, "bug", &s->err), 0);
    ASKED(s, "GET " REPO "/labels?limit=50&page=1", "GET " API "/orgs/o/labels?limit=50&page=1",
          "POST " REPO "/issues/7/labels", "POST " REPO "/issues/7/labels");
    assert_string_equal(s->script.asked[2].body, "{\"labels\":[5]}");
}

static void unknown_label_is_made_first(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { 0 }, "null" },
        { 200, { 0 }, "[]" },
        { 201, { 0 }, "{\"id\":9,\"name\":\"new\"}" },
        { 200, { 0 }, "[{\"id\":9,\"name\":\"new\"}]" },
    };
    struct scene *s = *state;

    PLAY(s, answers);
    assert_int_equal(forge_add_label(s->forge, 7, "new", &s->err), 0);
    assert_string_equal(s->script.asked[2].line, "POST " REPO "/labels");
    assert_string_equal(s->script.asked[2].body, "{\"color\":\"#ededed\",\"name\":\"new\"}");
    assert_string_equal(s->script.asked[3].body, "{\"labels\":[9]}");
}

/* Gitea answers 200 and does nothing for a label that was deleted meanwhile. */
static void label_that_did_not_stick_is_a_conflict_and_looked_up_again(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { "x-total-count", "1" }, "[{\"id\":5,\"name\":\"ok\"}]" },
        { 200, { 0 }, "[]" },
        { 200, { 0 }, "[]" },
    };
    const struct scripted_answer again[] = {
        { 200, { "x-total-count", "1" }, "[{\"id\":6,\"name\":\"ok\"}]" },
        { 200, { 0 }, "[]" },
        { 200, { 0 }, "[{\"id\":6,\"name\":\"ok\"}]" },
    };
    struct scene *s = *state;

    PLAY(s, answers);
    assert_int_equal(forge_add_label(s->forge, 7, "ok", &s->err), -ERR_CONFLICT);
    PLAY(s, again);
    assert_int_equal(forge_add_label(s->forge, 7, "ok", &s->err), 0);
}

static void label_is_removed_by_every_id_of_its_name(void **state)
{
    const struct scripted_answer answers[] = {
        { 200,
          { 0 },
          "[{\"id\":3,\"name\":\"ok\"},{\"id\":4,\"name\":\"bug\"},"
          "{\"id\":5,\"name\":\"ok\"}]" },
        { 204, { 0 }, "" },
        { 404, { 0 }, "{}" },
    };
    struct scene *s = *state;

    PLAY(s, answers);
    assert_int_equal(forge_remove_label(s->forge, 7, "ok", &s->err), 0);
    ASKED(s, "GET " REPO "/issues/7/labels", "DELETE " REPO "/issues/7/labels/3",
          "DELETE " REPO "/issues/7/labels/5");
}

/* Releases ------------------------------------------------------------------------------- */

static const struct {
    const char *url, *asked, *authorization;
} downloads[] = {
    { "https://git.example/sub/attachments/a0-b1", "https://git.example/sub/attachments/a0-b1",
      "token t" },
    { "https://git.example/sub/o/n/releases/download/v1/m.bin",
      "https://git.example/sub/o/n/releases/download/v1/m.bin", "token t" },
    /* Elsewhere, even on the same server, it goes without the token. */
    { "https://cdn.example/m.bin", "https://cdn.example/m.bin", "" },
    { "https://git.example/sub/user/settings", "https://git.example/sub/user/settings", "" },
    { "https://git.example/sub/attachments/../api/v1/user/repos",
      "https://git.example/sub/attachments/../api/v1/user/repos", "" },
};

static void file_is_read_from_where_it_lies(void **state)
{
    struct scene *s = *state;
    struct buf out;

    for (size_t i = 0; i < sizeof(downloads) / sizeof(downloads[0]); i++) {
        char doc[300], line[300];
        const struct scripted_answer answers[] = { { 200, { 0 }, doc },
                                                   { 200, { 0 }, "the bytes" } };

        (void)snprintf(doc, sizeof(doc), "{\"id\":71,\"browser_download_url\":\"%s\"}",
                       downloads[i].url);
        buf_init(&out, 100);
        PLAY(s, answers);
        assert_int_equal(forge_read_asset(s->forge, 61, 71, &out, &s->err), 0);
        assert_string_equal(out.data, "the bytes");
        (void)snprintf(line, sizeof(line), "GET %s", downloads[i].asked);
        ASKED(s, "GET " REPO "/releases/61/assets/71", line);
        assert_string_equal(s->script.asked[1].authorization, downloads[i].authorization);
        buf_finish(&out);
    }
}

static void file_on_plain_http_is_refused(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { 0 }, "{\"id\":71,\"browser_download_url\":\"http://cdn.example/m.bin\"}" },
    };
    struct scene *s = *state;
    struct buf out;

    buf_init(&out, 100);
    PLAY(s, answers);
    assert_int_equal(forge_read_asset(s->forge, 61, 71, &out, &s->err), -ERR_FORGE);
    buf_finish(&out);
}

static void file_of_a_release_is_deleted_below_it(void **state)
{
    const struct scripted_answer answers[] = { { 204, { 0 }, "" } };
    struct scene *s = *state;

    PLAY(s, answers);
    assert_int_equal(forge_delete_asset(s->forge, 61, 71, &s->err), 0);
    ASKED(s, "DELETE " REPO "/releases/61/assets/71");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(label_is_set_by_its_id),
        TEST(unknown_label_is_made_first),
        TEST(label_that_did_not_stick_is_a_conflict_and_looked_up_again),
        TEST(label_is_removed_by_every_id_of_its_name),
        TEST(file_is_read_from_where_it_lies),
        TEST(file_on_plain_http_is_refused),
        TEST(file_of_a_release_is_deleted_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
