/* SPDX-License-Identifier: Apache-2.0
 * What clients ask of the LFS batch API, and what nobody may. */
#include "hub/web/lfs_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

#define OID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static json_t *document(const char *text)
{
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "body", NULL), 0);
    return doc;
}

static void what_clients_send_is_read(void **state)
{
    static const struct {
        const char *text;
        enum lfs_operation operation;
        bool knows_parts;
    } cases[] = {
        /* huggingface_hub */
        { "{\"operation\":\"upload\",\"transfers\":[\"basic\",\"multipart\"],\"objects\":"
          "[{\"oid\":\"" OID "\",\"size\":7}],\"hash_algo\":\"sha256\"}",
          LFS_UPLOAD, true },
        /* @huggingface/hub */
        { "{\"operation\":\"upload\",\"transfers\":[\"basic\",\"multipart\"],\"hash_algo\":"
          "\"sha_256\",\"ref\":{\"name\":\"main\"},\"objects\":[{\"oid\":\"" OID
          "\",\"size\":7}]}",
          LFS_UPLOAD, true },
        /* git-lfs */
        { "{\"operation\":\"download\",\"objects\":[{\"oid\":\"" OID "\",\"size\":7}],"
          "\"transfers\":[\"lfs-standalone-file\",\"basic\",\"ssh\"],\"ref\":{\"name\":"
          "\"refs/heads/main\"},\"hash_algo\":\"sha256\"}",
          LFS_DOWNLOAD, false },
        { "{\"operation\":\"download\",\"ref\":null,\"transfers\":null,\"objects\":"
          "[{\"oid\":\"" OID "\",\"size\":7,\"authenticated\":true}]}",
          LFS_DOWNLOAD, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct lfs_request request;

        assert_int_equal(lfs_request_read(&request, doc, NULL), 0);
        assert_int_equal(request.operation, cases[i].operation);
        assert_int_equal(request.knows_parts, cases[i].knows_parts);
        assert_int_equal(request.n_objects, 1);
        assert_string_equal(request.objects[0].oid, OID);
        assert_int_equal(request.objects[0].size, 7);
        assert_null(request.objects[0].fault);
        lfs_request_finish(&request);
        json_decref(doc);
    }
}

static void what_cannot_be_is_refused_by_field(void **state)
{
    static const struct {
        const char *text;
        int code;
        const char *message;
    } cases[] = {
        { "{}", ERR_PARSE, "body.operation: expected a string, got nothing" },
        { "[]", ERR_PARSE, "body.operation: expected a string, got nothing" },
        { "{\"operation\":\"verify\",\"objects\":[]}", ERR_RANGE,
          "body.operation: 'verify' is neither download nor upload" },
        { "{\"operation\":7,\"objects\":[]}", ERR_PARSE,
          "body.operation: expected a string, got an integer" },
        { "{\"operation\":\"upload\"}", ERR_PARSE,
          "body.objects: expected an array, got nothing" },
        { "{\"operation\":\"upload\",\"objects\":{}}", ERR_PARSE,
          "body.objects: expected an array, got an object" },
        { "{\"operation\":\"upload\",\"objects\":[],\"transfers\":\"basic\"}", ERR_PARSE,
          "body.transfers: expected an array, got a string" },
        { "{\"operation\":\"upload\",\"objects\":[],\"transfers\":[\"multipart\",7]}",
          ERR_PARSE, "body.transfers: expected strings" },
        { "{\"operation\":\"upload\",\"objects\":[],\"hash_algo\":256}", ERR_PARSE,
          "body.hash_algo: expected a string, got an integer" },
        { "{\"operation\":\"upload\",\"objects\":[],\"ref\":\"main\"}", ERR_PARSE,
          "body.ref: expected an object, got a string" },
        { "{\"operation\":\"upload\",\"objects\":[],\"ref\":{\"name\":[]}}", ERR_PARSE,
          "body.ref.name: expected a string, got an array" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct lfs_request request;
        struct err err = { 0 };

        assert_int_equal(lfs_request_read(&request, doc, &err), -cases[i].code);
        assert_string_equal(err.msg, cases[i].message);
        assert_int_equal(request.n_objects, 0);
        lfs_request_finish(&request);
        json_decref(doc);
    }
}

static void one_bad_object_spoils_no_other(void **state)
{
    static const char text[] =
        "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"" OID "\",\"size\":0},7,"
        "{\"oid\":\"../x\",\"size\":1},{\"oid\":\"" OID "0\",\"size\":1},"
        "{\"oid\":\"" OID "\",\"size\":-1},{\"oid\":\"" OID "\",\"size\":1099511627777},"
        "{\"oid\":\"" OID "\",\"size\":1.5},{\"oid\":\"" OID "\",\"size\":1099511627776}]}";
    static const struct {
        const char *oid, *fault;
    } expected[] = {
        { OID, NULL },
        { "", "objects[1].oid: expected a string, got nothing" },
        { "../x", "objects[2].oid: expected a SHA-256: 64 hex digits" },
        { "", "objects[3].oid: expected a SHA-256: 64 hex digits" },
        { OID, "objects[4].size: -1 is outside 0..1099511627776" },
        { OID, "objects[5].size: 1099511627777 is outside 0..1099511627776" },
        { OID, "objects[6].size: expected an integer, got a real" },
        { OID, NULL },
    };
    enum { N = sizeof(expected) / sizeof(expected[0]) };
    json_t *doc = document(text);
    struct lfs_request request;

    (void)state;
    assert_int_equal(lfs_request_read(&request, doc, NULL), 0);
    assert_int_equal(request.n_objects, N);
    for (size_t i = 0; i < N; i++) {
        assert_string_equal(request.objects[i].oid, expected[i].oid);
        if (expected[i].fault)
            assert_string_equal(request.objects[i].fault, expected[i].fault);
        else
            assert_null(request.objects[i].fault);
    }
    lfs_request_finish(&request);
    json_decref(doc);
}

/* The answer to a request with n of something between two texts. */
static int read_many(struct err *err, const char *before, const char *one, size_t n,
                     const char *after)
{
    struct lfs_request request;
    struct buf text;

    buf_init(&text, 1 << 20);
    buf_add_str(&text, before);
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s%s", one, i + 1 < n ? "," : "");
    buf_add_str(&text, after);
    json_t *doc = document(text.data);
    int rc = lfs_request_read(&request, doc, err);
    lfs_request_finish(&request);
    json_decref(doc);
    buf_finish(&text);
    return rc;
}

static void lists_have_an_end(void **state)
{
    static const char objects[] = "{\"operation\":\"upload\",\"objects\":[";
    static const char transfers[] = "{\"operation\":\"upload\",\"transfers\":[";
    static const char rest[] = "],\"objects\":[]}";
    struct err err = { 0 };

    (void)state;
    assert_int_equal(read_many(NULL, objects, "{}", LFS_MAX_OBJECTS, "]}"), 0);
    assert_int_equal(read_many(&err, objects, "{}", LFS_MAX_OBJECTS + 1, "]}"), -ERR_LIMIT);
    assert_string_equal(err.msg, "body.objects: 1001 are more than 1000");
    assert_int_equal(read_many(NULL, transfers, "\"x\"", LFS_MAX_TRANSFERS, rest), 0);
    assert_int_equal(read_many(&err, transfers, "\"x\"", LFS_MAX_TRANSFERS + 1, rest),
                     -ERR_LIMIT);
    assert_string_equal(err.msg, "body.transfers: 33 are more than 32");
}

static void a_ref_has_so_many_bytes(void **state)
{
    char name[LFS_MAX_REF_BYTES + 2];
    struct lfs_request request;
    struct err err = { 0 };

    (void)state;
    memset(name, 'r', sizeof(name));
    for (size_t len = LFS_MAX_REF_BYTES; len <= LFS_MAX_REF_BYTES + 1; len++) {
        json_t *doc = json_pack("{s:s,s:[],s:{s:s%}}", "operation", "upload", "objects", "ref",
                                "name", name, len);

        assert_int_equal(lfs_request_read(&request, doc, &err),
                         len > LFS_MAX_REF_BYTES ? -ERR_LIMIT : 0);
        lfs_request_finish(&request);
        json_decref(doc);
    }
    assert_string_equal(err.msg, "body.ref.name: longer than 1024 bytes");
}

static void an_object_alone_is_whole_or_an_error(void **state)
{
    json_t *good = document("{\"oid\":\"" OID "\",\"size\":7}");
    json_t *bad = document("{\"oid\":\"" OID "\"}");
    struct lfs_object object;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(lfs_object_read(&object, good, NULL), 0);
    assert_string_equal(object.oid, OID);
    assert_int_equal(object.size, 7);
    assert_int_equal(lfs_object_read(&object, bad, &err), -ERR_PARSE);
    assert_string_equal(err.msg, "body.size: expected an integer, got nothing");
    json_decref(good);
    json_decref(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_clients_send_is_read),
        cmocka_unit_test(what_cannot_be_is_refused_by_field),
        cmocka_unit_test(one_bad_object_spoils_no_other),
        cmocka_unit_test(lists_have_an_end),
        cmocka_unit_test(a_ref_has_so_many_bytes),
        cmocka_unit_test(an_object_alone_is_whole_or_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
