/* SPDX-License-Identifier: Apache-2.0
 * hub/web/commit_op.h
 * commit_op: one line of a commit, read.
 * Borrows the texts of the document. Says what a line may look like; whether a path can be, or
 * a content is there, is hub_edit's to say. Private to hub/web. */
#ifndef HUB_WEB_COMMIT_OP_H
#define HUB_WEB_COMMIT_OP_H
#include <stddef.h>

#include "base/json.h"

enum commit_op_kind {
    COMMIT_HEADER,
    COMMIT_FILE, /* its content came before, by ndjson's other function */
    COMMIT_LARGE_FILE,
    COMMIT_REMOVED_FILE,
    COMMIT_REMOVED_FOLDER,
};

struct commit_op {
    enum commit_op_kind kind;
    const char *summary, *description; /* of the header; description may be "" */
    const char *parent;                /* 7 to 40 hex digits; "": none is named */
    const char *path;                  /* of all others */
    const char *encoding;              /* of a file's content */
    const char *oid;                   /* of a large file: 64 hex digits */
};

/* number: of the line, for messages. */
int commit_op_read(struct commit_op *ret, const json_t *doc, size_t number, struct err *err);

#endif
