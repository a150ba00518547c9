/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/ref_body.h"

/* What stands for a text that is not there, or is empty. */
static const char *text_or(struct json_reader *r, const json_t *doc, const char *key,
                           const char *fallback)
{
    const char *text = json_str(r, doc, key, JSON_OPTIONAL);

    return *text ? text : fallback;
}

int branch_body_read(struct branch_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "body");
    ret->start = text_or(&r, doc, "startingPoint", "main");
    ret->is_empty = json_bool_or(&r, doc, "emptyBranch", false);
    ret->overwrites = json_bool_or(&r, doc, "overwrite", false);
    return json_reader_check(&r, err);
}

int tag_body_read(struct tag_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "body");
    ret->tag = json_str(&r, doc, "tag", JSON_REQUIRED);
    ret->message = json_str(&r, doc, "message", JSON_OPTIONAL);
    if (*ret->tag == '\0')
        json_fail(&r, "tag", ERR_RANGE, "a tag has a name");
    return json_reader_check(&r, err);
}

int squash_body_read(struct squash_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "body");
    ret->message = text_or(&r, doc, "message", "Super-squash");
    return json_reader_check(&r, err);
}
