/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/links.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { MAX_DIGITS = 9, RUN_DIGITS = 16, SAMPLE_DIGITS = 64, MIN_COMMIT = 7, MAX_COMMIT = 40 };

static const char *const fixing_words[] = { "fix",      "fixes",  "fixed",   "close",
                                            "closes",   "closed", "resolve", "resolves",
                                            "resolved", NULL };
static const char *const release_words[] = { "version", "release", "released", "hearth", NULL };

struct word {
    const char *at;
    size_t len;
};

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || strchr("#.-_", c) || (unsigned char)c >= 0x80;
}

static bool is_one_of(struct word word, const char *const *list)
{
    char text[16];

    if (word.len >= sizeof(text))
        return false;
    for (size_t i = 0; i < word.len; i++)
        text[i] = (char)tolower((unsigned char)word.at[i]);
    text[word.len] = '\0';
    for (; *list; list++)
        if (strcmp(text, *list) == 0)
            return true;
    return false;
}

static void add(struct links *links, enum feedback_link_kind kind, const char *at, size_t len)
{
    struct link link = { .kind = kind };

    if (links->n == LINKS_MAX || len >= sizeof(link.target))
        return;
    for (size_t i = 0; i < len; i++)
        link.target[i] = (char)tolower((unsigned char)at[i]);
    for (size_t i = 0; i < links->n; i++)
        if (links->items[i].kind == kind && strcmp(links->items[i].target, link.target) == 0)
            return;
    links->items[links->n++] = link;
}

/* "#12" or "GH-12": the digits. */
static bool is_reference(struct word word, struct word *ret)
{
    size_t skip = word.len > 0 && word.at[0] == '#' ? 1 : 0;

    if (word.len > 3 && strncmp(word.at, "GH-", 3) == 0)
        skip = 3;
    size_t digits = strspn(word.at + skip, "0123456789");
    if (skip == 0 || digits == 0 || digits > MAX_DIGITS || skip + digits != word.len ||
        word.at[skip] == '0')
        return false;
    *ret = (struct word){ word.at + skip, digits };
    return true;
}

/* "1.2", "v1.2.3": two or three numbers; those behind the v. */
static bool is_version(struct word word, bool *ret_has_v, struct word *ret)
{
    size_t dots = 0;

    *ret_has_v = word.len > 0 && tolower((unsigned char)word.at[0]) == 'v';
    *ret = (struct word){ word.at + *ret_has_v, word.len - *ret_has_v };
    for (size_t i = 0; i < ret->len; i++) {
        bool is_dot = ret->at[i] == '.';
        dots += is_dot;
        if (!is_dot && !isdigit((unsigned char)ret->at[i]))
            return false;
        if (is_dot && (i == 0 || i + 1 == ret->len || ret->at[i - 1] == '.'))
            return false;
    }
    return dots == 1 || dots == 2;
}

static void add_hex(struct links *links, struct word word, struct word before)
{
    static const char *const run_words[] = { "run", NULL };
    size_t letters = 0, digits = 0;

    for (size_t i = 0; i < word.len; i++) {
        if (!isxdigit((unsigned char)word.at[i]))
            return;
        if (isdigit((unsigned char)word.at[i]))
            digits++;
        else
            letters++;
    }
    if (word.len == SAMPLE_DIGITS)
        add(links, FEEDBACK_LINK_SAMPLE, word.at, word.len);
    else if (word.len == RUN_DIGITS && is_one_of(before, run_words))
        add(links, FEEDBACK_LINK_RUN, word.at, word.len);
    else if (word.len >= MIN_COMMIT && word.len <= MAX_COMMIT && letters && digits)
        add(links, FEEDBACK_LINK_COMMIT, word.at, word.len);
}

static void add_word(struct links *links, struct word word, struct word before)
{
    struct word part;
    bool has_v;

    if (is_reference(word, &part)) {
        add(links, FEEDBACK_LINK_THREAD, part.at, part.len);
        if (is_one_of(before, fixing_words))
            add(links, FEEDBACK_LINK_FIXES, part.at, part.len);
        return;
    }
    if (is_version(word, &has_v, &part)) {
        if (has_v || is_one_of(before, release_words))
            add(links, FEEDBACK_LINK_RELEASE, part.at, part.len);
        return;
    }
    add_hex(links, word, before);
}

/* A '/' before it ("owner/name#4", an address) says that it belongs to somebody else. */
void links_find(struct links *links, const char *text)
{
    struct word before = { text, 0 };

    for (const char *at = text; *at;) {
        struct word word = { at, 0 };
        while (is_word_byte(at[word.len]) && at[word.len] != '\0')
            word.len++;
        if (word.len == 0) {
            at++;
            continue;
        }
        at += word.len;
        while (word.len > 0 && strchr(".-", word.at[word.len - 1]))
            word.len--;
        bool is_foreign = word.at > text && word.at[-1] == '/';
        if (!is_foreign)
            add_word(links, word, before);
        before = word;
    }
}
