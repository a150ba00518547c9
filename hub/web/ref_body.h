/* SPDX-License-Identifier: Apache-2.0
 * hub/web/ref_body.h
 * ref_body: what JSON bodies say of a branch or tag that is to be made, or squashed.
 * Borrows the texts of the document, which may be NULL: no body says nothing. Whether a name is
 * one that git takes is hub_repo's to say. Private to hub/web. */
#ifndef HUB_WEB_REF_BODY_H
#define HUB_WEB_REF_BODY_H
#include <stdbool.h>

#include "base/json.h"

struct branch_body {
    const char *start; /* a revision */
    bool is_empty;     /* starts at a commit of its own, without files */
    bool overwrites;
};
int branch_body_read(struct branch_body *ret, const json_t *doc, struct err *err);

struct tag_body {
    const char *tag, *message; /* message "": the tag is a plain one */
};
int tag_body_read(struct tag_body *ret, const json_t *doc, struct err *err);

struct squash_body {
    const char *message;
};
int squash_body_read(struct squash_body *ret, const json_t *doc, struct err *err);

#endif
