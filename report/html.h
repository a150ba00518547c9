/* SPDX-License-Identifier: Apache-2.0
 * report/html.h
 * html: markup written as printf, where every text is escaped.
 * The one way from a value to a page of ours: the format is ours and holds the tags, the
 * arguments are anybody's. Safe in text and in quoted attributes. What stands in href or src
 * is built with text_add_url, never a stranger's: escaping does not stop "javascript:". */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

struct buf;

/* Knows %s and %c (escaped; a NULL text is empty), %.Ns, %d and %u with l, ll or z, %.Nf and
 * %%, N being one digit. No widths, no flags: using one is our bug and ends in an assertion. */
void html_printf(struct buf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
