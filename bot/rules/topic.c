/* SPDX-License-Identifier: Apache-2.0
 * A confusion is two digits in one clause, a verb of reading, and between the digits a word
 * that says which one was written:
 *
 *     reads my 4 as 9, thinks 4 is 9, confuses 4 with 9, mistakes 4 for 9     the first
 *     says 9 instead of 4, gives 9 for 4                                      the second
 */
#include "bot/rules/topic.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"

enum { MAX_DISTANCE = 7, MAX_CLAUSE = 64, MAX_DIGIT_WORD = sizeof("three's") - 1 };

static const char *const digit_words[] = { "zero", "one", "two",   "three", "four",
                                           "five", "six", "seven", "eight", "nine" };

/* Beginnings of verbs that say what the model made of a picture. */
static const char *const reading_verbs[] = {
    "read",   "recogni", "classif",  "predict",    "think",     "get",
    "got",    "say",     "said",     "confus",     "mist",      "misread",
    "detect", "identif", "guess",    "misclassif", "output",    "answer",
    "see",    "mix",     "call",     "take",       "interpret", "misidentif",
    "turn",   "label",   "mislabel", "misrecogni", NULL,
};
static const char *const confusing_verbs[] = { "confus", "mist", "mix", NULL };
static const char *const believing_verbs[] = { "think", "believ", "say", NULL };

enum written { WRITTEN_FIRST, WRITTEN_SECOND };

/* Between the digits; verbs NULL: any of reading. In order: the first that fits decides. */
static const struct {
    const char *word;
    const char *const *verbs;
    enum written written;
} connectors[] = {
    { "instead", NULL, WRITTEN_SECOND },       { "rather", NULL, WRITTEN_SECOND },
    { "for", confusing_verbs, WRITTEN_FIRST }, { "with", confusing_verbs, WRITTEN_FIRST },
    { "and", confusing_verbs, WRITTEN_FIRST }, { "as", NULL, WRITTEN_FIRST },
    { "for", NULL, WRITTEN_SECOND },           { "is", believing_verbs, WRITTEN_FIRST },
    { "are", believing_verbs, WRITTEN_FIRST }, { "was", believing_verbs, WRITTEN_FIRST },
    { "into", NULL, WRITTEN_FIRST },
};

struct word {
    const char *at;
    size_t len;
    int digit; /* -1: none */
};

struct clause {
    struct word words[MAX_CLAUSE];
    size_t n;
};

static bool is(const struct word *word, const char *text)
{
    return strlen(text) == word->len && memcmp(word->at, text, word->len) == 0;
}

static bool begins_with(const struct word *word, const char *text)
{
    size_t len = strlen(text);

    return word->len >= len && memcmp(word->at, text, len) == 0;
}

/* Without the ending of "4s", "4's" and "fours". */
static size_t stem(const char *at, size_t len)
{
    if (len > 2 && memcmp(at + len - 2, "'s", 2) == 0)
        return len - 2;
    return len > 1 && at[len - 1] == 's' ? len - 1 : len;
}

/* "one" is a digit behind an article only: "this one", "one of them" are none. */
static int digit_of(const struct word *word, const struct word *before)
{
    struct word whole = { word->at, stem(word->at, word->len), -1 };

    if (whole.len == 1 && *whole.at >= '0' && *whole.at <= '9')
        return *whole.at - '0';
    if (word->len < 3 || word->len > MAX_DIGIT_WORD)
        return -1;
    for (int i = 0; i < 10; i++) {
        bool is_same = is(&whole, digit_words[i]) || is(word, digit_words[i]);
        if (is_same && (i != 1 || (before && (is(before, "a") || is(before, "my")))))
            return i;
    }
    return -1;
}

/* Takes the words up to the next bar; returns where the clause after it begins, or NULL. */
static const char *next_clause(struct clause *clause, const char *at)
{
    clause->n = 0;
    for (;;) {
        at += strspn(at, " ");
        struct word word = { at, strcspn(at, " "), -1 };
        if (word.len == 0)
            return NULL;
        at += word.len;
        if (*word.at == '|' || *word.at == '?')
            return at;
        if (clause->n == MAX_CLAUSE)
            continue;
        word.digit = digit_of(&word, clause->n ? &clause->words[clause->n - 1] : NULL);
        clause->words[clause->n++] = word;
    }
}

static bool has_verb(const struct clause *clause, const char *const *verbs)
{
    for (size_t i = 0; i < clause->n; i++)
        for (const char *const *verb = verbs; *verb; verb++)
            if (begins_with(&clause->words[i], *verb))
                return true;
    return false;
}

static bool has_between(const struct clause *clause, size_t from, size_t to, const char *word)
{
    for (size_t i = from + 1; i < to; i++)
        if (is(&clause->words[i], word))
            return true;
    return false;
}

/* The digit that was written, of those at from and to; -1: nothing says so. */
static int written_of(const struct clause *clause, size_t from, size_t to)
{
    for (size_t i = 0; i < sizeof(connectors) / sizeof(connectors[0]); i++) {
        const char *const *verbs = connectors[i].verbs ? connectors[i].verbs : reading_verbs;
        if (!has_between(clause, from, to, connectors[i].word) || !has_verb(clause, verbs))
            continue;
        return clause->words[connectors[i].written == WRITTEN_FIRST ? from : to].digit;
    }
    return -1;
}

static int confusion_in(const struct clause *clause)
{
    size_t last = clause->n;

    for (size_t i = 0; i < clause->n; i++) {
        if (clause->words[i].digit < 0)
            continue;
        if (last < clause->n && i - last <= MAX_DISTANCE &&
            clause->words[i].digit != clause->words[last].digit) {
            int written = written_of(clause, last, i);
            if (written >= 0)
                return written;
        }
        last = i;
    }
    return -1;
}

bool topic_of_confusion(char out[TOPIC_SIZE], const struct buf *prose)
{
    struct clause clause;

    out[0] = '\0';
    for (const char *at = prose->data; at;) {
        at = next_clause(&clause, at);
        int written = confusion_in(&clause);
        if (written < 0)
            continue;
        out[0] = (char)('0' + written);
        out[1] = '\0';
        return true;
    }
    return false;
}

void topic_of_mention(char out[TOPIC_SIZE], const struct buf *prose)
{
    struct clause clause;
    int only = -1;

    out[0] = out[1] = '\0';
    for (const char *at = prose->data; at;) {
        at = next_clause(&clause, at);
        for (size_t i = 0; i < clause.n; i++) {
            int digit = clause.words[i].digit;
            if (digit >= 0 && only >= 0 && digit != only)
                return;
            only = digit >= 0 ? digit : only;
        }
    }
    if (only >= 0)
        out[0] = (char)('0' + only);
}
