/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/topic.h
 * topic: which digit a text is about: "reads my 4 as 9" is about 4. Pure text. */
#ifndef BOT_RULES_TOPIC_H
#define BOT_RULES_TOPIC_H
#include <stdbool.h>

struct buf;

enum { TOPIC_SIZE = 2 }; /* a digit and its NUL */

/* prose: of struct words. True when one digit is said to be taken for another; out is the one
 * that was written. */
bool topic_of_confusion(char out[TOPIC_SIZE], const struct buf *prose);

/* The only digit that is named, "" when none is or several are. */
void topic_of_mention(char out[TOPIC_SIZE], const struct buf *prose);

#endif
