/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/words.h
 * words: a stranger's Markdown as plain lower-case words, for rules that look for phrases.
 * What the writer did not say is left out: quotes, hidden comments, addresses. Code is kept
 * apart. Pure text. */
#ifndef BOT_RULES_WORDS_H
#define BOT_RULES_WORDS_H
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { WORDS_MAX_BYTES = 1 << 17 };

/* " words between single blanks | a bar where a sentence or clause ends ? " */
struct words {
    struct buf prose, code;
};

void words_init(struct words *words);
void words_finish(struct words *words);

/* Appends a Markdown text. It ends as a sentence does. */
void words_add(struct words *words, const char *markdown);

/* Does the phrase stand there, as whole words of one clause and not negated ("no crash", "does
 * not crash")? Lower case, single blanks; a '*' at its end matches any ending. except: phrases
 * that are none where they begin at the same place ("thanks in advance"); NULL for none. */
bool words_have(const struct buf *text, const char *phrase, const char *const *except);

/* Any of a list that ends with NULL. */
bool words_have_any(const struct buf *text, const char *const *phrases,
                    const char *const *except);

#endif
