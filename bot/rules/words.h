/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/words.h
 * words: a stranger's Markdown as plain lower-case words, for rules that look for phrases.
 * What the writer did not say is left out: quotes, hidden comments, addresses. Code is kept
 * apart. Pure text. */
#ifndef BOT_RULES_WORDS_H
#define BOT_RULES_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { WORDS_MAX_BYTES = 1 << 17, WORDS_STARTS = 2048 };

/* " words between single blanks | a bar where a sentence or clause ends ? " */
struct words_text {
    struct buf text;
    uint64_t starts[WORDS_STARTS / 64]; /* which three bytes its words begin with, hashed */
};
struct words {
    struct words_text prose, code;
};

void words_init(struct words *words);
void words_finish(struct words *words);

/* Appends a Markdown text. It ends as a sentence does. */
void words_add(struct words *words, const char *markdown);

/* Does one of the phrases stand there, as whole words of one clause, and not negated ("no
 * crash", "does not crash")? They end with NULL; each is lower case with single blanks, three
 * bytes or more, and a '*' behind those matches any ending. except: phrases that are none where
 * they begin at the same place ("thanks in advance"); NULL for none. */
bool words_have_any(const struct words_text *words, const char *const *phrases,
                    const char *const *except);

#endif
