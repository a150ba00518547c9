/* SPDX-License-Identifier: Apache-2.0
 * A repository may have a line for each of its files, which the hub itself writes: those stand
 * sorted. Lines with a wildcard stand in their order, and are tried from the last one back to
 * the line that was found by its name. */
#include "hub/repo/attributes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "hub/repo/pattern.h"

#define LFS " filter=lfs diff=lfs merge=lfs -text\n"

const char attributes_default[] =
    "*.7z" LFS "*.arrow" LFS "*.bin" LFS "*.bz2" LFS "*.ckpt" LFS "*.ftz" LFS "*.gguf" LFS
    "*.gz" LFS "*.h5" LFS "*.joblib" LFS "*.model" LFS "*.mp4" LFS "*.msgpack" LFS "*.npy" LFS
    "*.npz" LFS "*.onnx" LFS "*.ot" LFS "*.parquet" LFS "*.pb" LFS "*.pickle" LFS "*.pkl" LFS
    "*.pt" LFS "*.pth" LFS "*.rar" LFS "*.safetensors" LFS "*.tar" LFS "*.tar.*" LFS
    "*.tflite" LFS "*.tgz" LFS "*.wasm" LFS "*.wav" LFS "*.xz" LFS "*.zip" LFS "*.zst" LFS;

struct rule {
    struct pattern pattern;
    size_t order; /* in the file; the last one decides */
    bool is_lfs;
};

struct rules {
    struct rule *items;
    size_t n, cap;
};

struct attributes {
    struct rules plain; /* sorted; their patterns' texts are as plain_text() makes them */
    struct rules wild;  /* in their order */
};

static const char blanks[] = " \t\r", any_space[] = "[[:space:]]";

static void add_rule(struct rules *rules, const struct rule *rule)
{
    if (rules->n == rules->cap) {
        rules->cap = rules->cap * 2 + 64;
        rules->items = xrealloc_array(rules->items, rules->cap, sizeof(*rules->items));
    }
    rules->items[rules->n++] = *rule;
}

/* The only text that a pattern takes, a blank for any space; NULL for one with wildcards. */
static char *plain_text(const char *pattern)
{
    char *text = xmalloc(strlen(pattern) + 1);
    size_t n = 0;

    while (*pattern) {
        if (text_has_prefix(pattern, any_space)) {
            text[n++] = ' ';
            pattern += sizeof(any_space) - 1;
            continue;
        }
        bool is_wild = strchr("*?[", *pattern) != NULL;
        if (*pattern == '\\') {
            pattern++;
            is_wild = *pattern == '\0'; /* takes nothing */
        }
        if (is_wild || isspace((unsigned char)*pattern)) {
            free(text);
            return NULL;
        }
        text[n++] = *pattern++;
    }
    text[n] = '\0';
    return text;
}

/* 1: the words hand a path to LFS, 0: they take it back, -1: they say nothing of it. */
static int read_verdict(const char *words)
{
    int verdict = -1;

    for (words += strspn(words, blanks); *words; words += strspn(words, blanks)) {
        size_t len = strcspn(words, blanks);
        size_t sign = *words == '-' || *words == '!';
        size_t name = strcspn(words + sign, " \t\r=");

        if (name == strlen("filter") && strncmp(words + sign, "filter", name) == 0)
            verdict = len == strlen("filter=lfs") && strncmp(words, "filter=lfs", len) == 0;
        words += len;
    }
    return verdict;
}

/* What a "!" takes back, or a line for folders, is none of any file's. */
static void read_line(struct attributes *attributes, const char *line, size_t order)
{
    line += strspn(line, blanks);
    size_t len = strcspn(line, blanks);
    int verdict = read_verdict(line + len);
    struct rule rule = { .order = order, .is_lfs = verdict > 0 };

    if (verdict < 0 || line[0] == '#' || line[0] == '!' || text_has_prefix(line, "[attr]") ||
        !pattern_read(&rule.pattern, line, len))
        return;
    if (rule.pattern.is_folder) {
        pattern_finish(&rule.pattern);
        return;
    }
    char *plain = plain_text(rule.pattern.text);
    if (plain) {
        pattern_finish(&rule.pattern);
        rule.pattern.text = plain;
    }
    add_rule(plain ? &attributes->plain : &attributes->wild, &rule);
}

static int compare_texts(const void *a, const void *b)
{
    const struct pattern *x = &((const struct rule *)a)->pattern;
    const struct pattern *y = &((const struct rule *)b)->pattern;
    int order = x->is_anchored - y->is_anchored;

    return order ? order : strcmp(x->text, y->text);
}

static int compare_rules(const void *a, const void *b)
{
    const struct rule *x = a, *y = b;
    int order = compare_texts(x, y);

    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Of those for the same text the last one stays. */
static void sort_plain(struct rules *rules)
{
    size_t n = 0;

    if (rules->n == 0)
        return;
    qsort(rules->items, rules->n, sizeof(*rules->items), compare_rules);
    for (size_t i = 0; i < rules->n; i++) {
        if (i + 1 < rules->n && compare_texts(&rules->items[i], &rules->items[i + 1]) == 0)
            pattern_finish(&rules->items[i].pattern);
        else
            rules->items[n++] = rules->items[i];
    }
    rules->n = n;
}

int attributes_parse(struct attributes **ret, const char *text, size_t len, const char *what,
                     struct err *err)
{
    struct attributes *attributes = xcalloc(1, sizeof(*attributes));
    const char *end = text + len;
    int rc = 0;

    if (len > ATTRIBUTES_MAX_BYTES)
        rc = err_set(err, ERR_LIMIT, "%s: more than %d bytes", what, ATTRIBUTES_MAX_BYTES);
    for (size_t order = 0; rc == 0 && text < end; order++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        char *line = xstrndup(text, (size_t)((newline ? newline : end) - text));

        read_line(attributes, line, order);
        free(line);
        if (attributes->wild.n > ATTRIBUTES_MAX_WILD)
            rc = err_set(err, ERR_LIMIT, "%s: more than %d lines for LFS with *, ? or [", what,
                         ATTRIBUTES_MAX_WILD);
        text = newline ? newline + 1 : end;
    }
    sort_plain(&attributes->plain);
    if (rc < 0)
        attributes_free(attributes);
    else
        *ret = attributes;
    return rc;
}

static void finish_rules(struct rules *rules)
{
    for (size_t i = 0; i < rules->n; i++)
        pattern_finish(&rules->items[i].pattern);
    free(rules->items);
}

void attributes_free(struct attributes *attributes)
{
    if (!attributes)
        return;
    finish_rules(&attributes->plain);
    finish_rules(&attributes->wild);
    free(attributes);
}

/* The later one of best and what is found for the text. */
static const struct rule *find_plain(const struct rules *rules, char *text, bool is_anchored,
                                     const struct rule *best)
{
    const struct rule wanted = { .pattern = { .text = text, .is_anchored = is_anchored } };
    const struct rule *found =
        rules->n ? bsearch(&wanted, rules->items, rules->n, sizeof(wanted), compare_texts)
                 : NULL;

    return !best || (found && found->order > best->order) ? found : best;
}

/* What the names say: the line for the path, or for its last segment. */
static const struct rule *find_by_name(const struct rules *plain, const char *path)
{
    char *text = xstrdup(path), *slash = strrchr(text, '/');

    for (char *c = text; *c; c++)
        if (isspace((unsigned char)*c))
            *c = ' ';
    const struct rule *best = find_plain(plain, text, true, NULL);
    best = find_plain(plain, slash ? slash + 1 : text, false, best);
    free(text);
    return best;
}

int attributes_find_lfs(bool *ret, const struct attributes *attributes, const char *path,
                        struct err *err)
{
    const struct rule *best = find_by_name(&attributes->plain, path);
    const struct rules *wild = &attributes->wild;
    const char *end = path + strlen(path);
    size_t left = PATTERN_MAX_STEPS;

    for (size_t i = wild->n; i-- > 0;) {
        const struct rule *rule = &wild->items[i];

        if (best && best->order > rule->order)
            break;
        if (pattern_matches(&rule->pattern, path, end, PATTERN_FILE, &left)) {
            best = rule;
            break;
        }
    }
    if (left == 0)
        return err_set(err, ERR_LIMIT,
                       "'%.200s': the wildcards of .gitattributes take too long", path);
    *ret = best && best->is_lfs;
    return 0;
}

void attributes_add_lfs(struct buf *text, const char *path)
{
    if (text->len > 0 && text->data[text->len - 1] != '\n')
        buf_add_char(text, '\n');
    buf_add_char(text, '/'); /* of the root, not a name at any depth */
    for (; *path; path++) {
        if (*path == ' ' || *path == '\t') {
            buf_add_str(text, any_space);
            continue;
        }
        if (strchr("*?[\\\"", *path))
            buf_add_char(text, '\\');
        buf_add_char(text, *path);
    }
    buf_add_str(text, LFS);
}
