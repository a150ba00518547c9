/* SPDX-License-Identifier: Apache-2.0
 * bot/marker.h
 * marker: the hidden first line by which we know our own sticky comments again.
 *
 *     <!-- hearth:RULE v1 {"key":"7/retrain/4fd1c0",...} -->
 *
 * One rule family has one sticky comment in a thread. Anybody can type such a line: it counts
 * only under a comment of our own account. Pure text; owns nothing. */
#ifndef BOT_MARKER_H
#define BOT_MARKER_H
#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

struct buf;

enum { MARKER_MAX_RULE = 32, COMMENT_MAX_CHARACTERS = 65536 };

/* [a-z0-9_-], at most MARKER_MAX_RULE - 1 of them: what may stand as RULE. */
bool marker_is_rule(const char *rule);

/* The rule of a comment that begins with a marker; false, and out "", when it does not. */
bool marker_rule(char out[MARKER_MAX_RULE], const char *body);

/* The facts of the marker, an object; NULL when there is no readable one. The caller's. */
json_t *marker_facts(const char *body);

/* A whole comment: marker, then markdown. What passes COMMENT_MAX_CHARACTERS is cut between
 * two characters, an open code fence closed, and the cut said. facts may be NULL. */
void comment_render(struct buf *out, const char *rule, const json_t *facts,
                    const char *markdown);

/* The same text, but for line ends and blanks at its end, which forges change. */
bool comment_is_same(const char *a, const char *b);

#endif
