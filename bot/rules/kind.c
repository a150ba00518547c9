/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/kind.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "bot/rules/phrases.h"
#include "bot/rules/words.h"

enum {
    THREADS = KIND_OF_ISSUE | KIND_OF_PULL,
    ANYWHERE = KIND_OF_ISSUE | KIND_OF_PULL | KIND_OF_ENTRY,
    NAME_MAX = 40,
};

/* One word or two as labels and title prefixes have them: "kind/bug", "[Bug]", "fix(ui):". */
static const struct {
    const char *name;
    enum feedback_kind kind;
} names[] = {
    { "conduct", FEEDBACK_CONDUCT },
    { "code of conduct", FEEDBACK_CONDUCT },
    { "abuse", FEEDBACK_CONDUCT },
    { "model error", FEEDBACK_MODEL_ERROR },
    { "misclassification", FEEDBACK_MODEL_ERROR },
    { "misread", FEEDBACK_MODEL_ERROR },
    { "wrong prediction", FEEDBACK_MODEL_ERROR },
    { "bug", FEEDBACK_BUG },
    { "bug report", FEEDBACK_BUG },
    { "defect", FEEDBACK_BUG },
    { "regression", FEEDBACK_BUG },
    { "crash", FEEDBACK_BUG },
    { "fix", FEEDBACK_BUG },
    { "data", FEEDBACK_DATA },
    { "dataset", FEEDBACK_DATA },
    { "training data", FEEDBACK_DATA },
    { "samples", FEEDBACK_DATA },
    { "docs", FEEDBACK_DOCS },
    { "doc", FEEDBACK_DOCS },
    { "documentation", FEEDBACK_DOCS },
    { "enhancement", FEEDBACK_REQUEST },
    { "feature", FEEDBACK_REQUEST },
    { "feat", FEEDBACK_REQUEST },
    { "feature request", FEEDBACK_REQUEST },
    { "request", FEEDBACK_REQUEST },
    { "idea", FEEDBACK_REQUEST },
    { "suggestion", FEEDBACK_REQUEST },
    { "wish", FEEDBACK_REQUEST },
    { "rfc", FEEDBACK_REQUEST },
    { "question", FEEDBACK_QUESTION },
    { "support", FEEDBACK_QUESTION },
    { "help", FEEDBACK_QUESTION },
    { "praise", FEEDBACK_PRAISE },
    { "kudos", FEEDBACK_PRAISE },
    { "thanks", FEEDBACK_PRAISE },
};

/* What a rule looks at. Each is tried as it stands; false: on to the next. */
struct view {
    const struct kind_text *text;
    struct words title, all; /* all: title and body */
    char topic[TOPIC_SIZE];  /* of a confusion */
};

struct rule {
    const char *name;
    enum feedback_kind kind;
    unsigned sources; /* enum kind_source, added up */
    bool (*matches)(struct view *view, const struct rule *rule);
    const char *const *phrases, *const *except;
};

static bool in_prose(struct view *view, const struct rule *rule)
{
    return words_have_any(&view->all.prose, rule->phrases, rule->except);
}

static bool in_code(struct view *view, const struct rule *rule)
{
    return words_have_any(&view->all.code, rule->phrases, rule->except);
}

static bool is_confusion(struct view *view, const struct rule *rule)
{
    (void)rule;
    return topic_of_confusion(view->topic, &view->all.prose.text);
}

static bool is_of_a_run(const struct kind_text *text, const char *label)
{
    for (size_t i = 0; i < KIND_RUN_LABELS; i++)
        if (text->run_labels[i] && text_equal_ignoring_case(label, text->run_labels[i]))
            return true;
    return false;
}

static bool is_contribution(struct view *view, const struct rule *rule)
{
    const struct kind_text *text = view->text;

    (void)rule;
    for (size_t i = 0; i < text->n_labels; i++)
        if (is_of_a_run(text, text->labels[i]))
            return true;
    return strstr(text->title, "contrib/") || strstr(text->body, "contrib/");
}

/* A title that ends with a question mark, or begins like a question. */
static bool is_asking_title(struct view *view, const struct rule *rule)
{
    const struct buf *title = &view->title.prose.text;

    for (const char *const *opening = rule->phrases; *opening; opening++) {
        size_t len = strlen(*opening) - 1;
        if (strncmp(title->data + (*title->data == ' '), *opening, len) == 0)
            return true;
    }
    return strstr(title->data, " ? | ") && text_has_suffix(title->data, " ? | ");
}

static const struct rule rules[] = {
    { "conduct-phrase", FEEDBACK_CONDUCT, ANYWHERE, in_prose, conduct_phrases, NULL },
    { "contribution", FEEDBACK_DATA, KIND_OF_PULL, is_contribution, NULL, NULL },
    { "samples-phrase", FEEDBACK_DATA, KIND_OF_PULL, in_prose, sample_phrases, NULL },
    { "mislabelled-phrase", FEEDBACK_DATA, ANYWHERE, in_prose, mislabelled_phrases, NULL },
    { "digits-confused", FEEDBACK_MODEL_ERROR, ANYWHERE, is_confusion, NULL, NULL },
    { "misread-phrase", FEEDBACK_MODEL_ERROR, ANYWHERE, in_prose, misread_phrases, NULL },
    { "crash-phrase", FEEDBACK_BUG, ANYWHERE, in_prose, crash_phrases, crash_exceptions },
    { "crash-output", FEEDBACK_BUG, THREADS, in_code, crash_output, NULL },
    { "docs-phrase", FEEDBACK_DOCS, THREADS, in_prose, docs_phrases, NULL },
    { "request-phrase", FEEDBACK_REQUEST, ANYWHERE, in_prose, request_phrases,
      request_exceptions },
    { "asking-title", FEEDBACK_QUESTION, THREADS, is_asking_title, question_openings, NULL },
    { "question-phrase", FEEDBACK_QUESTION, THREADS, in_prose, question_phrases, NULL },
    { "data-phrase", FEEDBACK_DATA, THREADS, in_prose, data_phrases, NULL },
    { "praise-phrase", FEEDBACK_PRAISE, ANYWHERE, in_prose, praise_phrases, praise_exceptions },
};

/* Names ---------------------------------------------------------------------------------- */

/* Lower case, '-' and '_' as blanks. */
static bool find_name(enum feedback_kind *ret, const char *text, size_t len)
{
    char name[NAME_MAX];

    while (len > 0 && *text == ' ') {
        text++;
        len--;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0 || len >= sizeof(name))
        return false;
    for (size_t i = 0; i < len; i++)
        name[i] = strchr("-_", text[i]) ? ' ' : (char)tolower((unsigned char)text[i]);
    name[len] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i].name) == 0) {
            *ret = names[i].kind;
            return true;
        }
    return false;
}

/* "kind/bug", "type: bug", "bug" */
static bool by_label(struct kind *ret, const struct kind_text *text)
{
    for (size_t i = 0; i < text->n_labels; i++) {
        const char *label = text->labels[i];
        const char *last = label;
        for (const char *at = label; *at; at++)
            if (strchr("/:", *at))
                last = at + 1;
        if (find_name(&ret->kind, last, strlen(last))) {
            ret->rule = "label";
            return true;
        }
    }
    return false;
}

/* "[Bug] ...", "bug: ...", "fix(ui)!: ..." */
static bool by_prefix(struct kind *ret, const struct kind_text *text)
{
    const char *title = text->title + strspn(text->title, " ");
    bool is_bracket = *title == '[';
    size_t len = strcspn(title + is_bracket, is_bracket ? "]" : "(!:");
    const char *end = title + is_bracket + len;

    if (!is_bracket && (!*end || !strchr(end, ':')))
        return false;
    if (!find_name(&ret->kind, title + is_bracket, len))
        return false;
    ret->rule = "title-prefix";
    return true;
}

static void by_words(struct kind *ret, struct view *view)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct rule *rule = &rules[i];
        if (!(rule->sources & view->text->source) || !rule->matches(view, rule))
            continue;
        ret->kind = rule->kind;
        ret->rule = rule->name;
        return;
    }
}

/* Model errors and data are about a digit. */
static void find_topic(struct kind *ret, const struct view *view)
{
    if (ret->kind != FEEDBACK_MODEL_ERROR && ret->kind != FEEDBACK_DATA)
        return;
    if (!topic_of_confusion(ret->topic, &view->all.prose.text))
        topic_of_mention(ret->topic, &view->all.prose.text);
}

void kind_decide(struct kind *ret, const struct kind_text *text)
{
    struct view view = { .text = text };

    *ret = (struct kind){ .kind = FEEDBACK_OTHER, .rule = "none" };
    words_init(&view.title);
    words_init(&view.all);
    words_add(&view.title, text->title);
    words_add(&view.all, text->title);
    words_add(&view.all, text->body);
    if (!by_label(ret, text) && !by_prefix(ret, text))
        by_words(ret, &view);
    find_topic(ret, &view);
    words_finish(&view.all);
    words_finish(&view.title);
}
