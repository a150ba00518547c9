/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

struct row {
    enum kind_source source;
    const char *title, *body;
    const char *labels;   /* separated by ',' */
    const char *expected; /* "kind rule topic" */
};

#define ISSUE KIND_OF_ISSUE
#define PULL  KIND_OF_PULL
#define ENTRY KIND_OF_ENTRY

static const struct row rows[] = {
    /* What people set comes first. */
    { ISSUE, "It crashes", "", "question", "question label " },
    { ISSUE, "Something", "", "good first issue,kind/bug", "bug label " },
    { ISSUE, "Something", "", "Type: Feature-Request", "request label " },
    { ISSUE, "My 4 again", "", "model-error", "model_error label 4" },
    { ISSUE, "Something", "", "help wanted,priority/high", "other none " },
    { ISSUE, "[Bug] page is empty", "", "", "bug title-prefix " },
    { ISSUE, "Feature request: dark mode", "", "", "request title-prefix " },
    { PULL, "fix(hub)!: no more double downloads", "", "", "bug title-prefix " },
    { PULL, "feat: thanks page", "", "", "request title-prefix " },
    { ISSUE, "Note: bug ahead", "", "", "bug crash-phrase " },

    /* Model errors, and which digit was written. */
    { ISSUE, "It reads my 4 as 9", "", "", "model_error digits-confused 4" },
    { ISSUE, "Wrong", "I wrote a 7 and it was recognised as a 1.", "",
      "model_error digits-confused 7" },
    { ISSUE, "Demo", "I get 9 instead of 4 every time.", "", "model_error digits-confused 4" },
    { ISSUE, "Demo", "The model says 3 for my 8", "", "model_error digits-confused 8" },
    { ISSUE, "Demo", "It mistakes my 5 for a 6.", "", "model_error digits-confused 5" },
    { ISSUE, "Demo", "It confuses 3 and 8", "", "model_error digits-confused 3" },
    { ISSUE, "Demo", "it thinks that my seven is a one", "", "model_error digits-confused 7" },
    { ISSUE, "Sevens", "My sevens are read as ones", "", "other none " },
    { ENTRY, "", "Same here: a 2 gets classified as 7 with a thick pen.", "",
      "model_error digits-confused 2" },
    { ISSUE, "Model misreads crossed sevens", "", "", "model_error misread-phrase 7" },
    { ISSUE, "Wrong digit on my tablet", "it can be any of them", "",
      "model_error misread-phrase " },
    { ISSUE, "Version 1.4 as released on 9", "Does 2.0 come soon", "", "other none " },

    /* No model errors, though there are digits. */
    { ISSUE, "Upgrade from 4 to 9", "", "", "other none " },
    { ISSUE, "See #4 as well as #9", "", "", "other none " },
    { ISSUE, "We meet at 4, not at 9", "", "", "other none " },

    /* Data. */
    { PULL, "My digits", "Adds contrib/newcomer-2 with 40 pictures", "", "data contribution " },
    { PULL, "My digits", "", "retrain", "data contribution " },
    { PULL, "More from my phone", "", "retrain: refused", "data contribution " },
    { PULL, "More from my phone", "", "first,retrain: accepted", "data contribution " },
    { PULL, "Add 40 samples of 4", "", "", "data samples-phrase 4" },
    { ISSUE, "Row 17 is mislabelled", "It is a 5.", "", "data mislabelled-phrase 5" },
    { ISSUE, "Where does the data set come from", "", "", "question asking-title " },
    { ISSUE, "The training set is small", "", "", "data data-phrase " },

    /* Bugs, and what only sounds like one. */
    { ISSUE, "Crash on start", "", "", "bug crash-phrase " },
    { ISSUE, "hearth serve doesn\xe2\x80\x99t work", "behind nginx", "", "bug crash-phrase " },
    { ISSUE, "Start", "```\nTraceback (most recent call last):\n  File x\n```\n", "",
      "bug crash-output " },
    { ISSUE, "Nightly run", "No crash so far, and it never fails to finish.", "",
      "other none " },
    { ISSUE, "Any crash course for beginners", "", "", "other none " },
    { ISSUE, "Debugging symbols", "debugged, bugs2go", "", "other none " },
    { ISSUE, "Quote", "> it crashes\n\nI cannot confirm.", "", "other none " },
    { ISSUE, "Template", "<!-- Describe the bug,\nand the crash -->\nAll fine.", "",
      "other none " },
    { ISSUE, "Link", "see https://example.org/bug/crash today", "", "other none " },
    { ENTRY, "", "Thanks, but it still crashes for me.", "", "bug crash-phrase " },
    { ENTRY, "", "No, it crashes.", "", "bug crash-phrase " },

    /* Documentation, requests, questions. */
    { PULL, "Correct a typo", "in the README", "", "docs docs-phrase " },
    { ISSUE, "Add a code of conduct", "The README should link to it", "", "docs docs-phrase " },
    { ISSUE, "ONNX", "It would be great if releases had an ONNX file", "",
      "request request-phrase " },
    { ISSUE, "Could you add a dark theme?", "", "", "request request-phrase " },
    { ISSUE, "I'd like to know how the gate works", "", "", "question question-phrase " },
    { ISSUE, "How are champions chosen", "", "", "question asking-title " },
    { ISSUE, "Only on Linux?", "", "", "question asking-title " },
    { ENTRY, "", "Could you attach a log? What does it print?", "", "other none " },
    { ENTRY, "", "Could you add a picture of it to the page?", "", "request request-phrase " },

    /* Praise, and what only begins like it. */
    { ISSUE, "Thank you for this project", "", "", "praise praise-phrase " },
    { ENTRY, "", "Works perfectly now, thanks!", "", "praise praise-phrase " },
    { ENTRY, "", "Which file is it? Thanks in advance.", "", "other none " },
    { ENTRY, "", "Thanks for reporting, I can see it here too.", "", "other none " },
    { ENTRY, "", "I am not impressed.", "", "other none " },
    { ENTRY, "", "I would like to thank everybody here: brilliant work", "",
      "praise praise-phrase " },
    { ENTRY, "", "merged", "", "other none " },

    /* Conduct is seen wherever it is said. */
    { ENTRY, "", "This user is harassing newcomers in every thread.", "",
      "conduct conduct-phrase " },
    { ISSUE, "Report", "This comment violates the code of conduct", "",
      "conduct conduct-phrase " },
    { ISSUE, "", "", "", "other none " },
};

/* Splits in place; at most max labels. */
static size_t split(char *text, const char **labels, size_t max)
{
    size_t n = 0;

    for (char *at = text; at && *at && n < max;) {
        char *comma = strchr(at, ',');
        labels[n++] = at;
        if (comma)
            *comma = '\0';
        at = comma ? comma + 1 : NULL;
    }
    return n;
}

static void realistic_texts_have_the_kind_a_person_would_give(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *labels[8];
        char list[100], got[100];
        struct kind kind;

        (void)snprintf(list, sizeof(list), "%s", rows[i].labels);
        const struct kind_text text = {
            .source = rows[i].source,
            .title = rows[i].title,
            .body = rows[i].body,
            .labels = labels,
            .n_labels = split(list, labels, 8),
            .run_labels = { "retrain", "retrain: accepted", "retrain: refused" },
        };
        kind_decide(&kind, &text);
        (void)snprintf(got, sizeof(got), "%s %s %s", feedback_kind_name(kind.kind), kind.rule,
                       kind.topic);
        if (strcmp(got, rows[i].expected) == 0)
            continue;
        print_error("'%s' / '%s': got \"%s\", expected \"%s\"\n", rows[i].title, rows[i].body,
                    got, rows[i].expected);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void a_text_of_any_length_and_bytes_is_decided(void **state)
{
    static char body[300000];
    const char *title = "\xff\xfe ``` <!-- > ' # % @ .";
    const struct kind_text text = { .source = ISSUE, .title = title, .body = body };
    struct kind kind;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(body); i++)
        body[i] = "4 as 9'`>\n<!-- \xe2\x80\x99"[i % 19];
    kind_decide(&kind, &text);
    assert_non_null(kind.rule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(realistic_texts_have_the_kind_a_person_would_give),
        cmocka_unit_test(a_text_of_any_length_and_bytes_is_decided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
