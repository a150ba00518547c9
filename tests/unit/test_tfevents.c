/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tfevents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"

enum { NAME_ROOM = 600, STARTED_AT = 1700000000 };

static int set_up(void **state)
{
    char *dir = NULL;

    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    *state = dir;
    return 0;
}

static int tear_down(void **state)
{
    assert_int_equal(fs_remove(*state, NULL), 0);
    free(*state);
    return 0;
}

static uint64_t read_le(const uint8_t *p, size_t size)
{
    uint64_t n = 0;

    for (size_t i = 0; i < size; i++)
        n |= (uint64_t)p[i] << (8 * i);
    return n;
}

/* The record format's check sum, by polynomial division instead of the writer's reflected
 * shifts: bits enter from the lowest of each byte. */
static uint32_t masked_crc(const uint8_t *data, size_t len)
{
    uint32_t rest = 0xffffffffu, turned = 0;

    for (size_t i = 0; i < 8 * len; i++) {
        uint32_t bit = (data[i / 8] >> (i % 8)) & 1u;
        bool is_odd = ((rest >> 31) ^ bit) & 1u;

        rest = (rest << 1) ^ (is_odd ? 0x1edc6f41u : 0u);
    }
    for (int i = 0; i < 32; i++)
        turned |= ((~rest >> i) & 1u) << (31 - i);
    return ((turned >> 15) | (turned << 17)) + 0xa282ead8u;
}

/* The next record's data; checks its sums. NULL at the end. */
static const uint8_t *next_record(const struct buf *file, size_t *at, size_t *ret_len)
{
    const uint8_t *p = (const uint8_t *)file->data + *at;

    if (*at == file->len)
        return NULL;
    assert_true(file->len - *at > 16);
    size_t len = (size_t)read_le(p, 8);
    assert_true(len <= file->len - *at - 16);
    assert_int_equal(read_le(p + 8, 4), masked_crc(p, 8));
    assert_int_equal(read_le(p + 12 + len, 4), masked_crc(p + 12, len));
    *at += 16 + len;
    *ret_len = len;
    return p + 12;
}

/* One protobuf field: its number, and its value (at most 8 bytes) or where its bytes are. */
struct field {
    uint64_t number, value;
    const uint8_t *bytes;
    size_t len;
};

static uint64_t read_varint(const uint8_t **p)
{
    uint64_t n = 0;

    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*p)++;

        n |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return n;
    }
}

static struct field read_field(const uint8_t **p)
{
    uint64_t key = read_varint(p);
    struct field f = { .number = key >> 3 };
    size_t fixed = (key & 7) == 1 ? 8 : (key & 7) == 5 ? 4 : 0;

    if (fixed) {
        f.value = read_le(*p, fixed);
        *p += fixed;
    } else {
        f.value = read_varint(p);
    }
    if ((key & 7) == 2) {
        f.bytes = *p;
        f.len = (size_t)f.value;
        *p += f.len;
    }
    return f;
}

/* The field of this number in a message. */
static struct field find(const uint8_t *message, size_t len, uint64_t number)
{
    const uint8_t *p = message;

    while (p < message + len) {
        struct field f = read_field(&p);

        if (f.number == number)
            return f;
    }
    fail_msg("no field %d", (int)number);
    return (struct field){ 0 };
}

static double as_double(uint64_t bits)
{
    double d;

    memcpy(&d, &bits, sizeof(d));
    return d;
}

static float as_float(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float f;

    memcpy(&f, &low, sizeof(f));
    return f;
}

static void write_two_points(const char *dir)
{
    struct tfevents *events = NULL;
    char *folder = fs_path(dir, "runs", "first", NULL);

    assert_int_equal(tfevents_open(&events, folder, STARTED_AT, NULL), 0);
    assert_int_equal(tfevents_scalar(events, "loss/train", 1, 0.0, 1700000001500, NULL), 0);
    assert_int_equal(tfevents_scalar(events, "loss/train", 300, 0.25, 1700000002000, NULL), 0);
    assert_int_equal(tfevents_close(events, NULL), 0);
    free(folder);
}

static void read_events(struct buf *file, const char *dir)
{
    char *path = fs_path(dir, "runs", "first", "events.out.tfevents.1700000000.hearth", NULL);

    buf_init(file, 1 << 16);
    assert_int_equal(fs_read(file, path, NULL), 0);
    free(path);
}

static void first_record_names_the_version(void **state)
{
    struct buf file;
    size_t at = 0, len = 0;

    write_two_points(*state);
    read_events(&file, *state);
    const uint8_t *event = next_record(&file, &at, &len);
    struct field version = find(event, len, 3);
    assert_int_equal(version.len, 13);
    assert_memory_equal(version.bytes, "brain.Event:2", 13);
    assert_true(as_double(find(event, len, 1).value) == STARTED_AT);
    buf_finish(&file);
}

static void points_are_read_back_with_tag_step_time_and_value(void **state)
{
    const struct {
        uint64_t step;
        double at;
        float value;
    } points[] = { { 1, 1700000001.5, 0.0f }, { 300, 1700000002.0, 0.25f } };
    struct buf file;
    size_t at = 0, len = 0;

    write_two_points(*state);
    read_events(&file, *state);
    (void)next_record(&file, &at, &len);
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *event = next_record(&file, &at, &len);
        struct field summary = find(event, len, 5);
        struct field point = find(summary.bytes, summary.len, 1);
        struct field tag = find(point.bytes, point.len, 1);

        assert_int_equal(find(event, len, 2).value, points[i].step);
        assert_true(as_double(find(event, len, 1).value) == points[i].at);
        assert_int_equal(tag.len, 10);
        assert_memory_equal(tag.bytes, "loss/train", 10);
        assert_true(as_float(find(point.bytes, point.len, 2).value) == points[i].value);
    }
    assert_null(next_record(&file, &at, &len));
    buf_finish(&file);
}

static void crc_of_the_standard_text_is_the_published_one(void **state)
{
    uint32_t unmasked = masked_crc((const uint8_t *)"123456789", 9) - 0xa282ead8u;

    (void)state;
    assert_int_equal((unmasked << 15) | (unmasked >> 17), 0xe3069283u); /* RFC 3720, CRC-32C */
}

static void what_cannot_be_written_says_where(void **state)
{
    struct tfevents *events = NULL;
    struct err err = { 0 };
    char tag[NAME_ROOM];

    memset(tag, 'x', sizeof(tag) - 1);
    tag[sizeof(tag) - 1] = '\0';
    assert_int_equal(tfevents_open(&events, *state, 0, NULL), 0);
    assert_int_equal(tfevents_scalar(events, tag, 0, 0.0, 0, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "599 bytes"));
    assert_int_equal(tfevents_close(events, NULL), 0);

    char *file = fs_path(*state, "file", NULL);
    assert_int_equal(fs_write(file, "", 0, 0644, NULL), 0);
    assert_true(tfevents_open(&events, file, 0, &err) < 0);
    assert_non_null(strstr(err.msg, file));
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(first_record_names_the_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(points_are_read_back_with_tag_step_time_and_value,
                                        set_up, tear_down),
        cmocka_unit_test(crc_of_the_standard_text_is_the_published_one),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_says_where, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
