/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char APOSTROPHE[] = "\xe2\x80\x99";

static const char *const negations[] = { "not",    "no",  "never",  "without", "isnt",
                                         "cannot", "nor", "hardly", NULL };

void words_init(struct words *words)
{
    memset(words, 0, sizeof(*words));
    buf_init(&words->prose.text, WORDS_MAX_BYTES);
    buf_init(&words->code.text, WORDS_MAX_BYTES);
}

void words_finish(struct words *words)
{
    buf_finish(&words->prose.text);
    buf_finish(&words->code.text);
}

/* Normalising ---------------------------------------------------------------------------- */

static char last_of(const struct buf *out)
{
    return out->len > 0 ? out->data[out->len - 1] : ' ';
}

static void add_blank(struct buf *out)
{
    if (out->len == 0 || last_of(out) != ' ')
        buf_add_char(out, ' ');
}

static void add_token(struct buf *out, char token)
{
    add_blank(out);
    if (token == '|' && out->len >= 2 && out->data[out->len - 2] == '|')
        return;
    buf_add_char(out, token);
    buf_add_char(out, ' ');
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* "1.2", "#4", "4%", "don't", "newcomer-2": marks that belong to the word they touch. */
static bool is_inside_word(const char *at, const char *begin)
{
    bool after = is_word(at[1]), before = at > begin && is_word(at[-1]);

    switch (*at) {
    case '.': return after && before && isdigit((unsigned char)at[1]);
    case '\'': return after && before;
    case '-':
    case '_':
    case '/': return after && before && isdigit((unsigned char)at[1]);
    case '#':
    case '@': return after && !before;
    case '%': return before && isdigit((unsigned char)at[-1]);
    default: return false;
    }
}

/* The letters and digits that stand at; returns behind them. */
static const char *add_plain(struct buf *out, const char *at, const char *end)
{
    const char *from = at;
    size_t old = out->len;

    while (at < end && isalnum((unsigned char)*at))
        at++;
    buf_add(out, from, (size_t)(at - from));
    for (; old < out->len; old++)
        out->data[old] = (char)tolower((unsigned char)out->data[old]);
    return at;
}

static void add_normalised(struct buf *out, const char *text, size_t len)
{
    const char *end = text + len;

    for (const char *at = text; at < end;) {
        if (isalnum((unsigned char)*at)) {
            at = add_plain(out, at, end);
            continue;
        }
        if (end - at >= 3 && memcmp(at, APOSTROPHE, 3) == 0) {
            buf_add_char(out, '\'');
            at += 3;
            continue;
        }
        if (is_word(*at) || is_inside_word(at, text))
            buf_add_char(out, *at);
        else if (*at == '?')
            add_token(out, '?');
        else if (strchr(".!;:,()|", *at))
            add_token(out, '|');
        else
            add_blank(out);
        at++;
    }
}

/* Markdown ------------------------------------------------------------------------------- */

static bool begins(const char *at, const char *end, const char *what)
{
    size_t len = strlen(what);

    return (size_t)(end - at) >= len && memcmp(at, what, len) == 0;
}

static const char *skip_past(const char *at, const char *end, const char *what)
{
    for (; at < end; at++)
        if (begins(at, end, what))
            return at + strlen(what);
    return end;
}

/* One line outside fences: `code` apart, addresses out. */
static void add_line(struct words *words, const char *at, const char *end)
{
    const char *from = at;

    while (at < end) {
        bool is_code = *at == '`';
        bool is_address = begins(at, end, "http://") || begins(at, end, "https://");
        if (!is_code && !is_address) {
            at++;
            continue;
        }
        add_normalised(&words->prose.text, from, (size_t)(at - from));
        add_blank(&words->prose.text);
        from = at;
        if (is_code)
            at = skip_past(at + 1, end, "`");
        while (is_address && at < end && !strchr(" \t)>", *at))
            at++;
        if (is_code) {
            add_normalised(&words->code.text, from, (size_t)(at - from));
            add_token(&words->code.text, '|');
        }
        from = at;
    }
    add_normalised(&words->prose.text, from, (size_t)(at - from));
}

static const char *skip_hidden(const char *at)
{
    const char *end = strstr(at, "-->");

    return end ? end + 3 : at + strlen(at);
}

static bool is_fence(const char *line)
{
    return text_has_prefix(line, "```") || text_has_prefix(line, "~~~");
}

/* Of the first three bytes of a word or phrase. */
static size_t start_of(const char *at)
{
    const unsigned char *c = (const unsigned char *)at;

    return (c[0] * 961u + c[1] * 31u + c[2]) % WORDS_STARTS;
}

static void note_starts(struct words_text *words)
{
    const char *at = words->text.data;

    while ((at = strchr(at, ' ')) && *++at)
        words->starts[start_of(at) / 64] |= UINT64_C(1) << start_of(at) % 64;
}

void words_add(struct words *words, const char *markdown)
{
    bool is_fenced = false;

    add_token(&words->prose.text, '|');
    add_token(&words->code.text, '|');
    for (const char *at = markdown; *at;) {
        const char *line = at + strspn(at, " \t");
        const char *end = at + strcspn(at, "\n");
        if (!is_fenced && text_has_prefix(line, "<!--")) {
            at = skip_hidden(line);
            continue;
        }
        if (is_fence(line))
            is_fenced = !is_fenced;
        else if (is_fenced)
            add_normalised(&words->code.text, line, (size_t)(end - line));
        else if (*line != '>')
            add_line(words, line, end);
        bool is_paragraph = *end == '\n' && end[1] == '\n';
        add_blank(&words->prose.text);
        if (is_fenced || is_paragraph)
            add_token(is_fenced ? &words->code.text : &words->prose.text, '|');
        at = end + (*end == '\n');
    }
    add_token(&words->prose.text, '|');
    add_token(&words->code.text, '|');
    note_starts(&words->prose);
    note_starts(&words->code);
}

/* Looking -------------------------------------------------------------------------------- */

/* The word that ends before at (which stands behind a blank); its length. */
static size_t word_before(const char *begin, const char *at, const char **ret)
{
    const char *end = at - 1;
    const char *from = end;

    while (from > begin && from[-1] != ' ')
        from--;
    *ret = from;
    return (size_t)(end - from);
}

static bool is_negation(const char *word, size_t len)
{
    if (len >= 3 && memcmp(word + len - 3, "n't", 3) == 0)
        return true;
    for (const char *const *n = negations; *n; n++)
        if (strlen(*n) == len && memcmp(word, *n, len) == 0)
            return true;
    return false;
}

/* One of the three words before it, in the same clause, turns it round. */
static bool is_negated(const char *begin, const char *at)
{
    for (int i = 0; i < 3 && at > begin + 1; i++) {
        const char *word;
        size_t len = word_before(begin, at, &word);
        if (len == 0 || *word == '|' || *word == '?')
            return false;
        if (is_negation(word, len))
            return true;
        at = word;
    }
    return false;
}

/* at stands behind a blank. */
static bool phrase_is_at(const char *at, const char *phrase)
{
    size_t len = strlen(phrase);
    bool is_open = len > 0 && phrase[len - 1] == '*';

    len -= is_open;
    return strncmp(at, phrase, len) == 0 && (is_open || at[len] == ' ' || at[len] == '\0');
}

static bool any_is_at(const char *at, const char *const *phrases)
{
    for (; phrases && *phrases; phrases++)
        if (phrase_is_at(at, *phrases))
            return true;
    return false;
}

static bool is_there(const struct buf *text, const char *phrase, const char *const *except)
{
    char stem[32];

    (void)snprintf(stem, sizeof(stem), "%.*s", (int)strcspn(phrase, "*"), phrase);
    for (const char *at = text->data; (at = strstr(at, stem)); at++)
        if (at > text->data && at[-1] == ' ' && phrase_is_at(at, phrase) &&
            !any_is_at(at, except) && !is_negated(text->data, at))
            return true;
    return false;
}

/* Most phrases do not stand in most texts, and no word of those begins as they do. */
bool words_have_any(const struct words_text *words, const char *const *phrases,
                    const char *const *except)
{
    for (; *phrases; phrases++) {
        size_t start = start_of(*phrases);
        bool may_be = words->starts[start / 64] >> start % 64 & 1;
        if (may_be && is_there(&words->text, *phrases, except))
            return true;
    }
    return false;
}
