/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/kind.h
 * kind: what a thread or an entry is about, by explicit rules.
 * The rules are a table in kind.c, tried from top to bottom; the first that matches decides and
 * is named in the result. Labels that people set come before words. Pure text. */
#ifndef BOT_RULES_KIND_H
#define BOT_RULES_KIND_H
#include <stdbool.h>
#include <stddef.h>

#include "bot/rules/topic.h"
#include "store/feedback.h"

enum kind_source { KIND_OF_ISSUE = 1 << 0, KIND_OF_PULL = 1 << 1, KIND_OF_ENTRY = 1 << 2 };

enum { KIND_RUN_LABELS = 3 };

struct kind_text {
    enum kind_source source;
    const char *title, *body;  /* "" when there is none */
    const char *const *labels; /* of the thread; none for an entry */
    size_t n_labels;
    /* Asks for a run, or tells of one: its pull request brings data. NULL: none. */
    const char *run_labels[KIND_RUN_LABELS];
};

struct kind {
    enum feedback_kind kind;
    const char *rule; /* static; "none" when nothing matched, and then the kind is `other` */
    char topic[TOPIC_SIZE];
};

void kind_decide(struct kind *ret, const struct kind_text *text);

#endif
