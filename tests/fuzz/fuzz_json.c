/* SPDX-License-Identifier: Apache-2.0
 * Whatever parses as JSON, the getters read without harm, and it is written the same twice, and
 * as jansson would. */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_fields(const json_t *doc)
{
    struct json_reader r;
    struct err err;

    json_reader_init(&r, "doc");
    (void)json_i64(&r, doc, "n", -5, 5);
    (void)json_str(&r, doc, "s", JSON_OPTIONAL);
    (void)json_time(&r, doc, "t", JSON_OPTIONAL);
    (void)json_bool_or(&r, doc, "b", false);
    (void)json_f64_or(&r, doc, "f", 0.5);
    (void)json_arr(&r, json_obj(&r, doc, "o", JSON_OPTIONAL), "a", JSON_OPTIONAL);
    (void)json_reader_check(&r, &err);
}

static void same_twice(const json_t *doc)
{
    struct buf first, second;
    json_t *again = NULL;

    buf_init(&first, 1 << 20);
    buf_init(&second, 1 << 20);
    json_write(&first, doc, 0);
    if (json_parse(&again, first.data, first.len, "again", NULL) == 0)
        json_write(&second, again, 0);
    if (again && (first.len != second.len || memcmp(first.data, second.data, first.len) != 0))
        abort();
    json_decref(again);
    buf_finish(&second);
    buf_finish(&first);
}

static void as_jansson_has_it(const json_t *doc)
{
    char *theirs = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);
    struct buf ours;

    buf_init(&ours, 1 << 20);
    json_write_as_is(&ours, doc);
    if (!theirs || strcmp(ours.data, theirs) != 0)
        abort();
    buf_finish(&ours);
    free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *doc = NULL;
    struct err err;

    if (json_parse(&doc, (const char *)data, size, "input", &err) < 0)
        return 0;
    read_fields(doc);
    same_twice(doc);
    as_jansson_has_it(doc);
    json_decref(doc);
    return 0;
}
