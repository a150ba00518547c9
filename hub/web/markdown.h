/* SPDX-License-Identifier: Apache-2.0
 * hub/web/markdown.h
 * markdown: a stranger's Markdown as harmless markup.
 * The door to cmark-gfm: raw HTML and dangerous addresses are left out, tables, task lists and
 * strikethrough work. */
#ifndef HUB_WEB_MARKDOWN_H
#define HUB_WEB_MARKDOWN_H
#include <stddef.h>

struct buf;

/* What is rendered of a document. Some texts take cmark time by the square of their length; at
 * this one the worst known needs under a second. */
enum { MARKDOWN_MAX_BYTES = 64 << 10 };

/* Once, before threads. */
void markdown_setup(void);

/* Appends the document; relative links and images get base, which ends with '/', before them.
 * At most MARKDOWN_MAX_BYTES of text are read. */
void markdown_add(struct buf *out, const char *text, size_t len, const char *base);

#endif
