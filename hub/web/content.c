/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/content.h"

#include <string.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"

void content_init(struct content *c, struct blob_store *blobs)
{
    memset(c, 0, sizeof(*c));
    c->blobs = blobs;
    buf_init(&c->text, CONTENT_IN_MEMORY);
    buf_init(&c->bytes, CONTENT_IN_MEMORY);
}

void content_reset(struct content *c)
{
    blob_put_abort(c->put);
    c->put = NULL;
    buf_clear(&c->text);
    buf_clear(&c->bytes);
    c->group_len = 0;
    c->is_escaped = c->is_padded = c->is_not_base64 = false;
}

void content_finish(struct content *c)
{
    content_reset(c);
    buf_finish(&c->text);
    buf_finish(&c->bytes);
}

int content_to_blob(struct content *c, struct err *err)
{
    int rc = 0;

    if (!c->put)
        rc = blob_put_begin(&c->put, c->blobs, err);
    if (rc == 0)
        rc = blob_put_add(c->put, c->bytes.data, c->bytes.len, err);
    buf_clear(&c->bytes);
    return rc;
}

/* Decodes the group that is full, or the last one. */
static int take_group(struct content *c, struct err *err)
{
    int rc = 0;

    if (c->group_len == 0)
        return 0;
    if (c->bytes.len + CONTENT_GROUP > CONTENT_IN_MEMORY)
        rc = content_to_blob(c, err);
    if (rc < 0)
        return rc;
    if (c->is_padded || base64_decode(&c->bytes, c->group, c->group_len, "content", NULL) < 0)
        c->is_not_base64 = true;
    c->is_padded = c->group[c->group_len - 1] == '=';
    c->group_len = 0;
    return 0;
}

int content_add(struct content *c, const char *text, size_t len, struct err *err)
{
    int rc = 0;

    buf_add(&c->text, text, len);
    for (size_t i = 0; rc == 0 && !c->is_not_base64 && i < len; i++) {
        if (c->is_escaped && text[i] != '/') { /* of JSON's escapes only "\/" is base64 */
            c->is_not_base64 = true;
        } else if (text[i] == '\\') {
            c->is_escaped = true;
        } else {
            c->is_escaped = false;
            c->group[c->group_len++] = text[i];
            if (c->group_len == CONTENT_GROUP)
                rc = take_group(c, err);
        }
    }
    return rc;
}

/* The text is a JSON string without its quotes. */
static int decode_text(struct content *c, struct err *err)
{
    json_t *doc = NULL;
    struct buf array;

    if (c->text.overflow)
        return err_set(err, ERR_LIMIT, "utf-8 content larger than %d bytes: send it as base64",
                       CONTENT_IN_MEMORY);
    blob_put_abort(c->put);
    c->put = NULL;
    buf_init(&array, CONTENT_IN_MEMORY + 4);
    buf_add_str(&array, "[\"");
    buf_add(&array, c->text.data, c->text.len);
    buf_add_str(&array, "\"]");
    int rc = json_parse(&doc, array.data, array.len, "content", err);
    buf_finish(&array);
    const json_t *text = json_array_get(doc, 0);
    buf_clear(&c->bytes);
    if (rc == 0)
        buf_add(&c->bytes, json_string_value(text), json_string_length(text));
    json_decref(doc);
    return rc;
}

int content_end(struct content *c, const char *encoding, struct err *err)
{
    if (strcmp(encoding, "utf-8") == 0)
        return decode_text(c, err);
    if (strcmp(encoding, "base64") != 0)
        return err_set(err, ERR_RANGE, "encoding '%.32s' is neither base64 nor utf-8",
                       encoding);
    int rc = !c->is_not_base64 ? take_group(c, err) : 0;
    if (rc == 0 && c->is_not_base64)
        rc = err_set(err, ERR_PARSE, "the content is not base64");
    if (rc == 0 && c->put)
        rc = content_to_blob(c, err);
    return rc;
}
