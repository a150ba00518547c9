/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/links.h
 * links: what a text refers to: threads, commits, samples, runs, releases. Pure text. */
#ifndef BOT_RULES_LINKS_H
#define BOT_RULES_LINKS_H
#include <stddef.h>

#include "store/feedback.h"

enum { LINKS_MAX = 32, LINK_TARGET_SIZE = 65 };

struct link {
    enum feedback_link_kind kind;
    char target[LINK_TARGET_SIZE];
};

/* In order of appearance, each once; what passes LINKS_MAX is left out. */
struct links {
    struct link items[LINKS_MAX];
    size_t n;
};

/* Adds what text refers to:
 *     #12, GH-12                       a thread
 *     fixes #12, closes #12, ...       FEEDBACK_LINK_FIXES: the thread that is mended
 *     7 to 40 hex digits               a commit, with a letter and a digit among them
 *     64 hex digits                    a sample
 *     run 0123456789abcdef             a run
 *     v1.2.3, version 1.2, release 1.2.3   a release */
void links_find(struct links *links, const char *text);

#endif
