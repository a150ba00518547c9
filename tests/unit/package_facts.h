/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/package_facts.h
 * package_facts: a small release that is right, for tests to spoil. */
#ifndef TESTS_UNIT_PACKAGE_FACTS_H
#define TESTS_UNIT_PACKAGE_FACTS_H
#include "data/bundled.h"
#include "hub/package/package.h"

#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define COMMIT_1 "1111111111111111111111111111111111111111"
#define COMMIT_2 "2222222222222222222222222222222222222222"

/* On the test's stack; the release points into it. */
struct facts {
    struct package_sample samples[3];
    struct package_contribution contributions[2];
    json_t *evaluation, *verdict;
    struct package_release release;
};

static inline void facts_init(struct facts *f)
{
    *f = (struct facts){
        .samples = { { DIGEST_A, "contrib/newcomer-1/3/a.png", 0, 3 },
                     { DIGEST_B, "contrib/newcomer-1/set.csv", 7, 4 },
                     { DIGEST_C, "contrib/newcomer-2/set.csv", 1, 9 } },
        .contributions = { { 1, COMMIT_1, "newcomer-1", "CC-BY-4.0", DIGEST_A, 1767225600,
                             "maintainer-1", "maintain", 1767225000, NULL, 2 },
                           { 2, COMMIT_2, "newcomer-2", "CC0-1.0", DIGEST_B, 1767225700,
                             "maintainer-1", "maintain", 1767225100, NULL, 1 } },
        .evaluation = json_pack("{s:i, s:f, s:f, s:f, s:[{s:i, s:i, s:f, s:n}]}", "n", 360,
                                "accuracy", 0.975, "nll", 0.125, "ece", 0.03125, "per_class",
                                "class", 0, "n", 36, "recall", 0.5, "precision"),
        .verdict = json_pack("[{s:s, s:b}]", "rule", "mcnemar", "is_fine", 1),
    };
    f->contributions[0].samples = &f->samples[0];
    f->contributions[1].samples = &f->samples[2];
    f->release = (struct package_release){
        .version = "1.1.0",
        .previous = "1.0.0",
        .hub_id = "community/digits",
        .title = "Community digits",
        .licence = "Apache-2.0",
        .source_url = "https://forge.example.org/community/digits",
        .pull_prefix = "https://forge.example.org/community/digits/pull/",
        .target_sha = COMMIT_2,
        .dated_at = 1767225700,
        .weights = bundled_champion()->data,
        .weights_len = bundled_champion()->len,
        .base = { "uci/optdigits", "Optical Recognition of Handwritten Digits",
                  "E. Alpaydin and C. Kaynak", "https://doi.org/10.24432/C50P49", "CC-BY-4.0",
                  DIGEST_C, 1300, 360 },
        .run = { "0123456789abcdef", 2, COMMIT_2, "label", DIGEST_A, 1303, DIGEST_B },
        .evaluation = f->evaluation,
        .verdict = f->verdict,
        .contributions = f->contributions,
        .n_contributions = 2,
    };
}

static inline void facts_finish(struct facts *f)
{
    json_decref(f->evaluation);
    json_decref(f->verdict);
}

#endif
