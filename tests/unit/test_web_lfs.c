/* SPDX-License-Identifier: Apache-2.0
 * Large files come by addresses that carry their own right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "hub/web/access.h"
#include "hub/web/lfs_url.h"
#include "tests/support/site.h"
#include "tests/unit/lfs_client.h"

static void an_object_is_sent_once_and_fetched(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    char *token = create(fix);

    char *href = upload_href(fix, token, &o);
    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    assert_int_equal(to_href(fix, "PUT", href, o.content), 200); /* replayed: nothing new */
    json_t *doc = batch(fix, token, "upload", &o);
    assert_null(json_object_get(json_array_get(json_object_get(doc, "objects"), 0), "actions"));
    json_decref(doc);

    doc = batch(fix, NULL, "download", &o);
    char *from = href_of(action_of(doc, "download"));
    assert_int_equal(to_href(fix, "GET", from, ""), 200);
    assert_string_equal(fix->res.body.data, o.content);
    json_decref(doc);
    free(from);
    free(href);
    free(token);
}

/* Between that answer and the commit, gc may come by. */
static void what_is_said_to_be_here_stays_until_it_is_committed(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    const struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    char *token = create(fix), *href = upload_href(fix, token, &o);
    char *mark = xasprintf("%s/hub/ada/m.git/lfs/%s", fix->dir, o.oid);
    struct stat st;

    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    assert_int_equal(utimensat(AT_FDCWD, mark, long_ago, 0), 0);
    json_decref(batch(fix, token, "upload", &o));
    assert_int_equal(stat(mark, &st), 0);
    assert_true(st.st_mtim.tv_sec > 1000);
    free(mark);
    free(href);
    free(token);
}

static void only_what_was_announced_is_taken(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    char *token = create(fix);
    char *href = upload_href(fix, token, &o);

    assert_int_equal(to_href(fix, "PUT", href, "some weighty"), 400);
    site_assert_has(fix, "SHA-256");
    assert_int_equal(to_href(fix, "PUT", href, "some"), 400);
    assert_int_equal(to_href(fix, "PUT", href, "some weights and more"), 400);
    json_t *doc = batch(fix, token, "upload", &o);
    assert_non_null(action_of(doc, "upload"));
    json_decref(doc);
    free(href);
    free(token);
}

static void an_address_is_good_as_it_was_signed(void **state)
{
    static const char *const changes[][2] = { { "repo=ada/m", "repo=ada/x" },
                                              { "size=12", "size=13" },
                                              { "kind=0", "kind=1" },
                                              { "&exp=", "&exp=9" },
                                              { "&sig=", "&sig=0" } };
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    char *token = create(fix), *href = upload_href(fix, token, &o);

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const char *at = strstr(href, changes[i][0]);

        assert_non_null(at);
        char *forged = xasprintf("%.*s%s%s", (int)(at - href), href, changes[i][1],
                                 at + strlen(changes[i][0]));
        assert_int_equal(to_href(fix, "PUT", forged, o.content), 403);
        free(forged);
    }
    assert_int_equal(to_href(fix, "GET", href, ""), 403); /* signed for another use */
    free(href);
    free(token);
}

/* What the hub answers to a PUT of o by an address that was signed with key until then. */
static int put_until(struct site_fixture *fix, const struct object *o, const char *key,
                     int64_t expires_at)
{
    struct lfs_grant g = {
        .use = "put", .repo = "ada/m", .size = 12, .expires_at = expires_at
    };
    struct buf url;

    memcpy(g.oid, o->oid, sizeof(o->oid));
    buf_init(&url, 4096);
    lfs_url_add(&url, "http://x", &g, key);
    int status = to_href(fix, "PUT", url.data, o->content);
    buf_finish(&url);
    return status;
}

static void an_address_ends_with_its_time(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    const struct clock clock = clock_system();
    int64_t now = clock_now(&clock);
    char *token = create(fix), *hub_db = fs_path(fix->dir, "hub.db", NULL);
    struct access *access = NULL;
    char key[65];

    assert_int_equal(access_open(&access, hub_db, &clock, NULL), 0);
    assert_int_equal(access_key(key, access, "upload", NULL), 0);
    access_close(access);
    assert_int_equal(put_until(fix, &o, key, now - 1), 403);
    assert_int_equal(put_until(fix, &o, "not the key", now + 3600), 403);
    assert_int_equal(put_until(fix, &o, key, now + 3600), 200);
    free(hub_db);
    free(token);
}

/* The key of somebody else's file must not open it. */
static void a_hash_alone_gives_nobody_the_file(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("ada's secret");
    char *token = create(fix), *bob = site_token(fix, "bob", "write");
    char *href = upload_href(fix, token, &o);

    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    assert_int_equal(site_send(fix, "POST", "/api/repos/create", bob, "{\"name\":\"b\"}"), 200);
    char *line = xasprintf("{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n{\"key\":"
                           "\"lfsFile\",\"value\":{\"path\":\"x\",\"oid\":\"%s\"}}",
                           o.oid);
    assert_int_equal(site_send(fix, "POST", "/api/models/bob/b/commit/main", bob, line), 400);
    free(line);
    free(href);
    free(token);
    free(bob);
}

static void parts_come_in_any_order(void **state)
{
    struct site_fixture *fix = *state;
    char content[2 * SITE_MULTIPART_BYTES + 10];
    char *token = create(fix);

    memset(content, 'x', sizeof(content));
    content[sizeof(content) - 1] = '\0';
    content[70] = 'y';
    const struct object o = object_of(content);
    json_t *doc = batch(fix, token, "upload", &o);
    const json_t *upload = action_of(doc, "upload");
    const json_t *parts = json_object_get(upload, "header");
    char *finish = href_of(upload);

    assert_string_equal(json_string_value(json_object_get(parts, "chunk_size")), "64");
    assert_int_equal(json_object_size(parts), 4); /* and three addresses */
    const char *one = json_string_value(json_object_get(parts, "00001"));
    const char *two = json_string_value(json_object_get(parts, "00002"));
    const char *three = json_string_value(json_object_get(parts, "00003"));
    char first[65] = "", second[65] = "";
    memcpy(first, content, 64);
    memcpy(second, content + 64, 64);
    assert_int_equal(to_href(fix, "PUT", three, content + 128), 200);
    assert_string_not_equal(site_header(fix, "etag"), "");
    assert_int_equal(to_href(fix, "PUT", two, first), 200); /* wrong, and sent again */
    assert_int_equal(to_href(fix, "PUT", two, second), 200);
    assert_int_equal(to_href(fix, "PUT", two, "short"), 400);
    assert_int_equal(to_href(fix, "PUT", one, first), 200);
    assert_int_equal(to_href(fix, "POST", finish, "{}"), 200);
    assert_int_equal(to_href(fix, "POST", finish, "{}"), 200); /* asked again */
    free(finish);
    json_decref(doc);
    doc = batch(fix, token, "upload", &o);
    assert_null(action_of(doc, "upload"));
    json_decref(doc);
    free(token);
}

static void a_missing_part_is_missed(void **state)
{
    struct site_fixture *fix = *state;
    char content[SITE_MULTIPART_BYTES + 11];
    char *token = create(fix);

    memset(content, 'x', sizeof(content));
    content[sizeof(content) - 1] = '\0';
    const struct object o = object_of(content);
    json_t *doc = batch(fix, token, "upload", &o);
    char *finish = href_of(action_of(doc, "upload"));
    const json_t *parts = json_object_get(action_of(doc, "upload"), "header");

    assert_int_equal(
        to_href(fix, "PUT", json_string_value(json_object_get(parts, "00002")), content + 64),
        200);
    assert_int_equal(to_href(fix, "POST", finish, "{}"), 400);
    json_decref(doc);
    free(finish);
    free(token);
}

static void a_full_namespace_takes_no_more(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights"), more = object_of("more weights");
    char *token = create(fix);

    site_set_quota(fix, "ada", 20);
    char *href = upload_href(fix, token, &o), *early = upload_href(fix, token, &more);
    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    assert_int_equal(to_href(fix, "PUT", early, more.content), 413); /* granted before */
    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    json_t *doc = batch(fix, token, "upload", &more);
    assert_null(action_of(doc, "upload"));
    site_assert_has(fix, "quota");
    json_decref(doc);
    free(early);
    free(href);
    free(token);
}

static void strange_batches_are_refused(void **state)
{
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        { "", 400 },
        { "[]", 400 },
        { "{\"operation\":\"verify\",\"objects\":[]}", 422 },
        { "{\"operation\":\"upload\",\"objects\":{}}", 422 },
        { "{\"operation\":\"upload\",\"objects\":[]}", 200 },
    };
    struct site_fixture *fix = *state;
    char *token = create(fix);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(site_send(fix, "POST", lfs_batch_path, token, cases[i].body),
                         cases[i].status);
    assert_int_equal(site_send(fix, "POST", lfs_batch_path, token,
                               "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"../x\","
                               "\"size\":-1},7,null]}"),
                     200);
    site_assert_has(fix, "\"code\":422");
    site_assert_has(fix, "objects[2].oid");
    assert_int_equal(site_send(fix, "POST", "/ada/m.git/info/lfs/objects/verify", token,
                               "{\"oid\":\"../x\",\"size\":1}"),
                     422);
    site_assert_has(fix, "body.oid");
    free(token);
}

/* Each part has an address, signed by itself: who asks for too many of them at once would keep
 * the hub busy with that. */
static void a_batch_has_only_so_many_parts(void **state)
{
    static const char *const sizes[] = { "1099511627776", "1099511627776", "1099511627776",
                                         "1" };
    struct site_fixture *fix = *state;
    char *token = create(fix);
    struct buf body;
    json_t *doc = NULL;

    buf_init(&body, 4096);
    buf_add_str(&body, "{\"operation\":\"upload\",\"transfers\":[\"multipart\"],\"objects\":");
    for (int i = 0; i < 4; i++)
        buf_printf(&body, "%s{\"oid\":\"%064d\",\"size\":%s}", i ? "," : "[", i, sizes[i]);
    buf_add_str(&body, "]}");
    assert_int_equal(site_send(fix, "POST", lfs_batch_path, token, body.data), 200);
    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "batch", NULL), 0);
    const json_t *objects = json_object_get(doc, "objects");
    for (size_t i = 0; i < 4; i++) {
        const json_t *object = json_array_get(objects, i);
        const json_t *error = json_object_get(object, "error");

        assert_int_equal(json_object_get(object, "actions") == NULL, i == 2);
        assert_int_equal(json_integer_value(json_object_get(error, "code")), i == 2 ? 422 : 0);
    }
    json_decref(doc);
    buf_finish(&body);
    free(token);
}

static void a_store_that_fails_does_not_say_where_it_lies(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    char *token = create(fix), *incoming = fs_path(fix->dir, "hub/.lfs/incoming", NULL);

    char *href = upload_href(fix, token, &o);
    assert_int_equal(fs_remove(incoming, NULL), 0);
    assert_int_equal(fs_write(incoming, "x", 1, 0600, NULL), 0);
    assert_int_equal(to_href(fix, "PUT", href, o.content), 507);
    site_assert_has(fix, "could not keep");
    assert_null(strstr(fix->res.body.data, fix->dir));
    free(href);
    free(incoming);
    free(token);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(an_object_is_sent_once_and_fetched),
        SERVED(what_is_said_to_be_here_stays_until_it_is_committed),
        SERVED(only_what_was_announced_is_taken),
        SERVED(an_address_is_good_as_it_was_signed),
        SERVED(an_address_ends_with_its_time),
        SERVED(a_hash_alone_gives_nobody_the_file),
        SERVED(parts_come_in_any_order),
        SERVED(a_missing_part_is_missed),
        SERVED(a_full_namespace_takes_no_more),
        SERVED(a_batch_has_only_so_many_parts),
        SERVED(a_store_that_fails_does_not_say_where_it_lies),
        SERVED(strange_batches_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
