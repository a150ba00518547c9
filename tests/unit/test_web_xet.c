/* SPDX-License-Identifier: Apache-2.0
 * What Xet clients send ends as a large file, for who may and as far as there is room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/json.h"
#include "tests/support/site.h"

#define NAME "abababababababababababababababababababababababababababababababab"

enum { RECORD = 48, SHARD_BYTES = 6 * RECORD };

static const char xorb_path[] = "/-/xet/v1/xorbs/default/" NAME;
static const char shard_path[] = "/-/xet/v1/shards";
static const char xorb[] =
    "\0\4\0\0\0\4\0\0onlywords"; /* a chunk of four bytes, and what is none */
static const char content[] = "only";
enum { XORB_BYTES = 12 };

/* "Bearer ..." of a Xet token for ada/m; the caller frees. */
static char *xet_token(struct site_fixture *fix, const char *token)
{
    json_t *doc = NULL;

    http_request_header(site_prepare(fix, "GET", "/api/models/ada/m/xet-write-token/main"),
                        "Authorization", token);
    assert_int_equal(site_perform(fix), 200);
    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "token", NULL), 0);
    char *text = xasprintf("Bearer %s", json_string_value(json_object_get(doc, "accessToken")));
    json_decref(doc);
    return text;
}

static int post(struct site_fixture *fix, const char *path, const char *token, const void *body,
                size_t len)
{
    struct http_request *req = site_prepare(fix, "POST", path);

    if (token)
        http_request_header(req, "Authorization", token);
    req->body = body;
    req->body_len = len;
    return site_perform(fix);
}

/* Each group of eight bytes the other way round, as shards have it. */
static void put_hash(uint8_t *out, const char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < 32; i++) {
        long high = strchr(digits, hex[2 * i]) - digits;
        long low = strchr(digits, hex[2 * i + 1]) - digits;

        out[(i & ~(size_t)7) + 7 - i % 8] = (uint8_t)(high * 16 + low);
    }
}

/* One file of the one chunk above. */
static void make_shard(uint8_t out[SHARD_BYTES], const char *sha256)
{
    static const uint8_t tag[] = { 'H', 'F', 'R', 'e', 'p', 'o', 'M', 'e', 't', 'a', 'D',
                                   'a', 't', 'a', 0,   85,  105, 103, 69,  106, 123, 129,
                                   87,  131, 165, 189, 217, 92,  205, 209, 74,  169 };

    memset(out, 0, SHARD_BYTES);
    memcpy(out, tag, sizeof(tag));
    out[32] = 2;
    out[RECORD + 35] = 0x40; /* has a sha256 */
    out[RECORD + 36] = 1;    /* term */
    put_hash(out + 2 * RECORD, NAME);
    out[2 * RECORD + 36] = 4; /* bytes */
    out[2 * RECORD + 44] = 1; /* up to this chunk */
    put_hash(out + 3 * RECORD, sha256);
    memset(out + 4 * RECORD, 0xff, 32);
}

static char *create(struct site_fixture *fix)
{
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    return token;
}

static void a_file_is_put_together_and_committed(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix), *grant = xet_token(fix, token), sha256[SHA256_HEX_SIZE];
    uint8_t shard[SHARD_BYTES];

    sha256_hex(sha256, content, strlen(content));
    make_shard(shard, sha256);
    assert_int_equal(post(fix, shard_path, grant, shard, sizeof(shard)), 404); /* no xorb yet */
    assert_int_equal(post(fix, xorb_path, grant, xorb, XORB_BYTES), 200);
    assert_int_equal(post(fix, shard_path, grant, shard, sizeof(shard)), 200);
    char *lines =
        xasprintf("{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                  "{\"key\":\"lfsFile\",\"value\":{\"path\":\"w.bin\",\"oid\":\"%s\"}}",
                  sha256);
    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/commit/main", token, lines),
                     200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/w.bin"), 200);
    assert_string_equal(fix->res.body.data, content);
    free(lines);
    free(grant);
    free(token);
}

static void what_is_broken_makes_nothing(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix), *grant = xet_token(fix, token);
    char sha256[SHA256_HEX_SIZE], *bad = xstrdup(grant);
    uint8_t shard[SHARD_BYTES];

    sha256_hex(sha256, "else", 4);
    make_shard(shard, sha256);
    bad[strlen(bad) - 1] ^= 1;
    assert_int_equal(post(fix, xorb_path, NULL, xorb, XORB_BYTES), 401);
    assert_int_equal(post(fix, xorb_path, token, xorb, XORB_BYTES), 401);
    assert_int_equal(post(fix, xorb_path, bad, xorb, XORB_BYTES), 401);
    assert_int_equal(post(fix, xorb_path, grant, xorb, XORB_BYTES + 3), 400);
    assert_int_equal(post(fix, "/-/xet/v1/xorbs/default/..%2f..%2fx", grant, xorb, XORB_BYTES),
                     400);
    assert_int_equal(post(fix, xorb_path, grant, xorb, XORB_BYTES), 200);
    assert_int_equal(post(fix, shard_path, grant, shard, sizeof(shard)), 400);
    site_assert_has(fix, "SHA-256");
    assert_int_equal(post(fix, shard_path, grant, shard, 3 * RECORD), 400);
    assert_int_equal(post(fix, shard_path, grant, "", 0), 400);
    free(bad);
    free(grant);
    free(token);
}

/* Xorbs may take as much as the files; neither may take more. */
static void a_full_namespace_takes_neither_xorbs_nor_files(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix), *grant = xet_token(fix, token), sha256[SHA256_HEX_SIZE];
    uint8_t shard[SHARD_BYTES];

    sha256_hex(sha256, content, strlen(content));
    make_shard(shard, sha256);
    site_set_quota(fix, "ada", XORB_BYTES - 1);
    assert_int_equal(post(fix, xorb_path, grant, xorb, XORB_BYTES), 413);
    site_set_quota(fix, "ada", XORB_BYTES);
    assert_int_equal(post(fix, xorb_path, grant, xorb, XORB_BYTES), 200);
    assert_int_equal(post(fix, "/-/xet/v1/xorbs/default/" NAME, grant, xorb, XORB_BYTES), 413);
    site_assert_has(fix, "HF_HUB_DISABLE_XET=1");
    site_set_quota(fix, "ada", 3);
    assert_int_equal(post(fix, shard_path, grant, shard, sizeof(shard)), 413);
    site_set_quota(fix, "ada", 4);
    assert_int_equal(post(fix, shard_path, grant, shard, sizeof(shard)), 200);
    free(grant);
    free(token);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(a_file_is_put_together_and_committed),
        SERVED(what_is_broken_makes_nothing),
        SERVED(a_full_namespace_takes_neither_xorbs_nor_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
