/* SPDX-License-Identifier: Apache-2.0
 * Follows brackets, strings and keys just far enough to know where value.content begins and
 * ends; whether the line is JSON is then the parser's to say. */
#include "hub/web/ndjson.h"

#include <string.h>

#include "base/err.h"

void ndjson_init(struct ndjson *n, const struct ndjson_sink *sink)
{
    memset(n, 0, sizeof(*n));
    n->sink = *sink;
    buf_init(&n->line, NDJSON_MAX_LINE);
}

void ndjson_finish(struct ndjson *n)
{
    buf_finish(&n->line);
}

static void start_line(struct ndjson *n)
{
    buf_clear(&n->line);
    n->depth = 0;
    n->is_string = n->is_escaped = n->is_key = n->is_content = false;
    memset(n->keys, 0, sizeof(n->keys));
    n->key_len = 0;
}

static bool is_blank(const struct buf *line)
{
    return strspn(line->data, " \t\r") == line->len;
}

static int end_line(struct ndjson *n, struct err *err)
{
    json_t *doc = NULL;
    int rc = 0;

    n->n_lines++;
    if (n->line.overflow)
        return err_set(err, ERR_LIMIT, "line %zu: more than %d bytes beside its content",
                       n->n_lines, NDJSON_MAX_LINE);
    if (n->n_lines > NDJSON_MAX_LINES)
        return err_set(err, ERR_LIMIT, "more than %d lines", NDJSON_MAX_LINES);
    if (!is_blank(&n->line)) {
        rc = json_parse(&doc, n->line.data, n->line.len, "line", err);
        rc = rc < 0 ? err_wrap(err, rc, "line %zu", n->n_lines)
                    : n->sink.line(n->sink.ctx, doc, n->n_lines, err);
        json_decref(doc);
    }
    start_line(n);
    return rc;
}

static void add_to_key(struct ndjson *n, char c)
{
    if (!n->is_key || n->depth < 1 || n->depth > 2)
        return;
    char *key = n->keys[n->depth - 1];
    if (n->key_len < NDJSON_KEY_SIZE - 1)
        key[n->key_len++] = c;
    else
        key[0] = '\0'; /* too long to be one that we look for */
    key[n->key_len] = '\0';
}

static void begin_string(struct ndjson *n)
{
    n->is_string = true;
    n->key_len = 0;
    if (n->is_key && n->depth >= 1 && n->depth <= 2)
        n->keys[n->depth - 1][0] = '\0';
    n->is_content = !n->is_key && n->depth == 2 && strcmp(n->keys[0], "value") == 0 &&
                    strcmp(n->keys[1], "content") == 0;
}

/* One byte outside of strings. */
static void step(struct ndjson *n, char c)
{
    switch (c) {
    case '"': begin_string(n); break;
    case '{':
    case '[':
        n->depth++;
        n->is_key = c == '{';
        break;
    case '}':
    case ']':
        n->depth -= n->depth > 0;
        n->is_key = false;
        break;
    case ':': n->is_key = false; break;
    case ',': n->is_key = true; break; /* in an array no key is looked for at these depths */
    default: break;
    }
    buf_add_char(&n->line, c);
}

/* As much of a string as there is; returns the bytes that were used. */
static int follow_string(struct ndjson *n, const char *data, size_t len, size_t *ret_used,
                         struct err *err)
{
    bool is_over = false;
    size_t i = 0;

    for (; i < len && !is_over && data[i] != '\n'; i++) {
        if (n->is_escaped)
            n->is_escaped = false;
        else if (data[i] == '\\')
            n->is_escaped = true;
        else if (data[i] == '"')
            is_over = true;
        if (!is_over)
            add_to_key(n, data[i]);
    }
    size_t text = is_over ? i - 1 : i;
    int rc = 0;
    if (!n->is_content)
        buf_add(&n->line, data, text);
    else if (text > 0)
        rc = n->sink.content(n->sink.ctx, data, text, err);
    if (is_over) {
        buf_add_char(&n->line, '"');
        n->is_string = n->is_content = false;
    } else if (i < len) { /* a newline inside a string: let the parser say so */
        n->is_string = false;
    }
    *ret_used = i;
    return rc;
}

int ndjson_feed(struct ndjson *n, const char *data, size_t len, struct err *err)
{
    size_t at = 0;
    int rc = 0;

    while (rc == 0 && at < len) {
        size_t used = 1;

        if (n->is_string)
            rc = follow_string(n, data + at, len - at, &used, err);
        else if (data[at] == '\n')
            rc = end_line(n, err);
        else
            step(n, data[at]);
        at += used;
    }
    return rc;
}

int ndjson_end(struct ndjson *n, struct err *err)
{
    return n->line.len > 0 ? end_line(n, err) : 0;
}
