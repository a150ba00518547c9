/* SPDX-License-Identifier: Apache-2.0
 * The format (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md):
 *
 *     "GGUF", u32 version, u64 tensors, u64 keys
 *     keys times:    string key, u32 type, value
 *     tensors times: string name, u32 n, n times u64 dimension, u32 type, u64 offset
 *
 * A string is u64 length and bytes; an array is u32 type, u64 count, and its items. */
#include "hub/web/gguf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum {
    TYPE_U32 = 4,
    TYPE_STRING = 8,
    TYPE_ARRAY = 9,
    TYPE_U64 = 10,
    N_TYPES = 13,
    MAX_DIMENSIONS = 8,
    MAX_NESTING = 4,
    MAX_TEMPLATE_BYTES = 64 << 10,
};

/* Bytes of a value, by type; 0: it tells its length itself. */
static const uint8_t sizes[N_TYPES] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

struct reader {
    const uint8_t *at, *end;
    bool is_short, is_broken; /* once set, nothing more is read */
};

struct text {
    const char *bytes;
    size_t len;
};

static const uint8_t *take(struct reader *r, uint64_t n)
{
    const uint8_t *at = r->at;

    if (r->is_short || r->is_broken)
        return NULL;
    if (n > (uint64_t)(r->end - r->at)) {
        r->is_short = true;
        return NULL;
    }
    r->at += n;
    return at;
}

static uint64_t take_uint(struct reader *r, size_t n)
{
    const uint8_t *at = take(r, n);
    uint64_t value = 0;

    for (size_t i = n; at && i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

static struct text take_text(struct reader *r)
{
    uint64_t len = take_uint(r, sizeof(len));
    const uint8_t *at = take(r, len);

    return (struct text){ at ? (const char *)at : "", at ? (size_t)len : 0 };
}

static void skip_value(struct reader *r, uint64_t type, int depth);

static void skip_array(struct reader *r, int depth)
{
    uint64_t type = take_uint(r, 4), n = take_uint(r, 8);

    if (type >= N_TYPES || depth == MAX_NESTING)
        r->is_broken = true;
    else if (sizes[type] && n > GGUF_MAX_HEADER)
        r->is_broken = true;
    else if (sizes[type])
        (void)take(r, n * sizes[type]);
    else
        for (uint64_t i = 0; i < n && !r->is_short && !r->is_broken; i++)
            skip_value(r, type, depth + 1);
}

static void skip_value(struct reader *r, uint64_t type, int depth)
{
    if (type >= N_TYPES)
        r->is_broken = true;
    else if (type == TYPE_STRING)
        (void)take_text(r);
    else if (type == TYPE_ARRAY)
        skip_array(r, depth);
    else
        (void)take(r, sizes[type]);
}

static bool is_text(struct text text, const char *wanted)
{
    return text.len == strlen(wanted) && memcmp(text.bytes, wanted, text.len) == 0;
}

/* "llama.context_length": the architecture comes first and says whose it is. */
static bool is_context_length(struct text key, const json_t *model)
{
    static const char suffix[] = ".context_length";
    const char *architecture = json_string_value(json_object_get(model, "architecture"));
    size_t len = architecture ? strlen(architecture) : 0;

    return len > 0 && key.len == len + strlen(suffix) &&
           memcmp(key.bytes, architecture, len) == 0 &&
           memcmp(key.bytes + len, suffix, strlen(suffix)) == 0;
}

/* One that is no UTF-8 is left out. */
static void put_text(json_t *model, const char *name, struct text text)
{
    json_t *value = json_stringn(text.bytes, text.len);

    if (value)
        (void)json_object_set_new(model, name, value);
}

static void read_key(json_t *model, struct reader *r)
{
    struct text key = take_text(r);
    uint64_t type = take_uint(r, 4);

    if (type == TYPE_STRING && is_text(key, "general.architecture")) {
        put_text(model, "architecture", take_text(r));
    } else if (type == TYPE_STRING && is_text(key, "tokenizer.chat_template")) {
        struct text text = take_text(r);

        if (text.len <= MAX_TEMPLATE_BYTES)
            put_text(model, "chat_template", text);
    } else if ((type == TYPE_U32 || type == TYPE_U64) && is_context_length(key, model)) {
        uint64_t value = take_uint(r, sizes[type]);

        if (value <= INT64_MAX)
            (void)json_object_set_new(model, "context_length", json_integer((json_int_t)value));
    } else {
        skip_value(r, type, 0);
    }
}

static void add_tensor(int64_t *total, struct reader *r)
{
    (void)take_text(r);
    uint64_t n = take_uint(r, 4);
    int64_t elements = 1;

    if (n > MAX_DIMENSIONS)
        r->is_broken = true;
    for (uint64_t i = 0; i < n && !r->is_short && !r->is_broken; i++) {
        uint64_t dimension = take_uint(r, 8);

        r->is_broken = dimension > INT64_MAX ||
                       __builtin_mul_overflow(elements, (int64_t)dimension, &elements);
    }
    (void)take(r, 4 + 8);
    if (!r->is_broken)
        r->is_broken = __builtin_add_overflow(*total, elements, total);
}

json_t *gguf_read(const void *bytes, size_t len, bool *ret_is_short)
{
    struct reader r = { bytes, (const uint8_t *)bytes + len, false, false };
    const uint8_t *magic = take(&r, 4);
    uint64_t version = take_uint(&r, 4), n_tensors = take_uint(&r, 8);
    uint64_t n_keys = take_uint(&r, 8);
    json_t *model = json_object();
    int64_t total = 0;

    if (!r.is_short && (memcmp(magic, "GGUF", 4) != 0 || version < 2 || version > 3 ||
                        n_tensors > GGUF_MAX_TENSORS || n_keys > GGUF_MAX_KEYS))
        r.is_broken = true;
    for (uint64_t i = 0; i < n_keys && !r.is_short && !r.is_broken; i++)
        read_key(model, &r);
    for (uint64_t i = 0; i < n_tensors && !r.is_short && !r.is_broken; i++)
        add_tensor(&total, &r);
    *ret_is_short = r.is_short && !r.is_broken;
    if (r.is_short || r.is_broken) {
        json_decref(model);
        return NULL;
    }
    (void)json_object_set_new(model, "total", json_integer(total));
    return model;
}
