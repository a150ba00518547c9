/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/weights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static json_t *count(const char *json, int64_t data_bytes)
{
    char head[512] = { 0 };
    size_t len = strlen(json);

    head[0] = (char)len;
    head[1] = (char)(len >> 8);
    memcpy(head + WEIGHTS_LENGTH_BYTES, json, len);

    int64_t size = WEIGHTS_LENGTH_BYTES + (int64_t)len + data_bytes;
    int64_t header = weights_header_bytes(head, size);
    assert_int_equal(header, WEIGHTS_LENGTH_BYTES + (int64_t)len);
    return weights_count(head, header, size);
}

static void parameters_are_counted_by_type(void **state)
{
    json_t *got = count("{\"__metadata__\":{\"format\":\"pt\"},"
                        "\"a\":{\"dtype\":\"BF16\",\"shape\":[1000000,70000],"
                        "\"data_offsets\":[0,140000000000]},"
                        "\"b\":{\"dtype\":\"BF16\",\"shape\":[],"
                        "\"data_offsets\":[140000000000,140000000002]},"
                        "\"c\":{\"dtype\":\"I8\",\"shape\":[0,5],"
                        "\"data_offsets\":[140000000002,140000000002]}}",
                        140000000002);
    const json_t *kinds = json_object_get(got, "parameters");

    (void)state;
    assert_non_null(got);
    assert_int_equal(json_integer_value(json_object_get(kinds, "BF16")), 70000000001);
    assert_int_equal(json_integer_value(json_object_get(kinds, "I8")), 0);
    assert_int_equal(json_integer_value(json_object_get(got, "total")), 70000000001);
    json_decref(got);
}

static void what_is_not_sound_counts_nothing(void **state)
{
    static const char *const bad[] = {
        "[]",
        "{\"a\":7}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,17]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"<b>\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_null(count(bad[i], 16));
}

static void a_header_that_cannot_be_is_not_read(void **state)
{
    static const char none[8] = { 1 }, huge[8] = { 0, 0, 0, 0, 0, 0, 0, (char)0x80 };
    static const char ten[8] = { 10 };

    (void)state;
    assert_int_equal(weights_header_bytes(none, 100), -1);
    assert_int_equal(weights_header_bytes(huge, INT64_MAX), -1);
    assert_int_equal(weights_header_bytes(ten, 17), -1);
    assert_int_equal(weights_header_bytes(ten, 18), 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_counted_by_type),
        cmocka_unit_test(what_is_not_sound_counts_nothing),
        cmocka_unit_test(a_header_that_cannot_be_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
