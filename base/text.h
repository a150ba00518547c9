/* SPDX-License-Identifier: Apache-2.0
 * base/text.h
 * text: UTF-8 as strangers send it, and the ways to quote it.
 * Appends to buffers; never allocates otherwise. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

bool text_is_utf8(const char *s, size_t len);

/* Every byte that is no part of well-formed UTF-8 becomes '?': JSON takes nothing else. */
void text_make_utf8(char *s);

/* The largest length <= max at which s can be cut without splitting a character. */
size_t text_cut(const char *s, size_t max);

/* ASCII only; other bytes stay as they are. */
bool text_equal_ignoring_case(const char *a, const char *b);
bool text_has_prefix(const char *s, const char *prefix);
bool text_has_suffix(const char *s, const char *suffix);

/* What makes a plural: "" for 1, else "s". */
const char *text_s(int64_t n);

/* & < > " ' become entities: safe in HTML text and in quoted attributes. */
void text_add_html(struct buf *out, const char *s);

/* Percent-encodes everything but the unreserved characters of RFC 3986, and '/' if asked. */
enum text_slash { TEXT_SLASH_ENCODED, TEXT_SLASH_KEPT };
void text_add_url(struct buf *out, const char *s, enum text_slash slash);

/* Decodes %XX in place; '+' stays. False, and s unchanged, for a broken escape or a NUL. */
bool text_url_decode(char *s);

/* A stranger's text inside our Markdown: no mention, no reference, no HTML, no marker takes
 * effect, and line breaks become blanks. At most max bytes of s. */
void text_add_markdown(struct buf *out, const char *s, size_t max);

/* One CSV field (RFC 4180): quoted where needed; a leading = + - @ gets a ' before it, since
 * spreadsheets would run it. */
void text_add_csv(struct buf *out, const char *s);

/* The number of edits (insert, delete, replace, swap of neighbours) between two short names;
 * for "did you mean". Looks at the first 63 bytes of each. */
size_t text_distance(const char *a, const char *b);

#endif
