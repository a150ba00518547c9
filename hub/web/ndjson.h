/* SPDX-License-Identifier: Apache-2.0
 * hub/web/ndjson.h
 * ndjson: the lines of a commit, read as they arrive.
 * A line is one JSON object; the text of its value.content, which may be larger than memory, is
 * handed on in pieces and is empty in the object. Everything else of a line is bounded. Pure
 * text: knows nothing of commits. */
#ifndef HUB_WEB_NDJSON_H
#define HUB_WEB_NDJSON_H
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/json.h"

enum { NDJSON_MAX_LINE = 1 << 20, NDJSON_MAX_LINES = 30000, NDJSON_KEY_SIZE = 12 };

struct ndjson_sink {
    /* A piece of value.content, still with JSON's escapes. */
    int (*content)(void *ctx, const char *text, size_t len, struct err *err);
    /* The line is complete. number: from 1. doc is borrowed. */
    int (*line)(void *ctx, const json_t *doc, size_t number, struct err *err);
    void *ctx;
};

struct ndjson {
    struct ndjson_sink sink;
    struct buf line; /* without the content */
    size_t n_lines;
    unsigned depth;                /* of brackets that are open */
    bool is_string;                /* inside one */
    bool is_escaped;               /* behind its backslash */
    bool is_key;                   /* the string, or the next one, is a key */
    bool is_content;               /* the string is handed on */
    char keys[2][NDJSON_KEY_SIZE]; /* of the object at depth 1 and 2: the last one read */
    size_t key_len;
};

void ndjson_init(struct ndjson *n, const struct ndjson_sink *sink);
void ndjson_finish(struct ndjson *n);

/* Errors of the sink are returned as they are; -ERR_PARSE, -ERR_LIMIT name the line. */
int ndjson_feed(struct ndjson *n, const char *data, size_t len, struct err *err);
/* The last line needs no newline. */
int ndjson_end(struct ndjson *n, struct err *err);

#endif
