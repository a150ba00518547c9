/* SPDX-License-Identifier: Apache-2.0
 * The story as a table; sample_stage.c plays it. */
#include "practice/sample.h"

#include "practice/sample_stage.h"

const struct person sample_people[] = {
    { "maintainer-1", "maintain", "User" },
    { "maintainer-2", "admin", "User" },
    { "triager-3", "triage", "User" },
    { "former-helper-4", "triage", "User" }, /* steps down in the end */
    { "newcomer-2", NULL, "User" },
    { "newcomer-5", NULL, "User" },
    { "contributor-3", NULL, "User" },
    { "contributor-4", NULL, "User" },
    { "contributor-5", NULL, "User" },
    { "contributor-6", NULL, "User" },
    { "visitor-7", NULL, "User" },
    { "teacher-8", NULL, "User" },
    { "greeter[bot]", NULL, "Bot" },
    { 0 },
};

const struct sample_label sample_labels[] = {
    { "retrain", "5319e7", "Train a candidate with this data" },
    { "bug", "d73a4a", "Something does not work" },
    { "question", "d876e3", "Further information is requested" },
    { "documentation", "0075ca", "About the documentation" },
    { "enhancement", "a2eeef", "A wish" },
    { "data", "0e8a16", "Contributed samples" },
    { 0 },
};

/* Each row is one moment. hour counts from the beginning of the three weeks. */
const struct scene sample_scenes[] = {
    { 1, "contributor-3", OPEN_PULL, 1, "Add 34 digits drawn on my tablet",
      "The samples are in `contrib/contributor-3-tablet`, one folder for each label. I agree "
      "that they are published under CC-BY-4.0." },
    { 2, "greeter[bot]", COMMENT, 1, "Welcome, and thank you for your first pull request!",
      NULL },
    { 9, "maintainer-1", LABEL, 1, "data", NULL },
    { 10, "maintainer-1", REVIEW, 1, "APPROVED", "Clean and complete, thank you." },
    { 11, "maintainer-1", LABEL, 1, "retrain", NULL },
    { 12, "contributor-3", COMMENT, 1, "Great, I am curious what it changes.", NULL },
    { 30, "maintainer-1", MERGE, 1, NULL, NULL },

    { 40, "contributor-4", OPEN_PULL, 2, "34 digits from a classroom",
      "A CSV this time: `contrib/contributor-4-classroom/samples.csv`." },
    { 41, "greeter[bot]", COMMENT, 2, "Welcome, and thank you for your first pull request!",
      NULL },
    { 52, "contributor-5", OPEN_PULL, 3, "More digits, from my phone",
      "I typed the labels in by hand, one after the other." },
    { 60, "contributor-6", OPEN_PULL, 4, "Digits written with a stylus",
      "`contrib/contributor-6-stylus`, CC-BY-4.0." },

    { 70, "newcomer-2", OPEN, 5, "How do I use the model from Python?",
      "Is there an example? I have the release, but where do I put the pixels?" },
    { 73, "maintainer-1", LABEL, 5, "question", NULL },
    { 74, "maintainer-1", COMMENT, 5,
      "Read `model.safetensors`, divide the 64 pixels by 16, two matrix products, done. I will "
      "add an example to the README.",
      NULL },
    { 80, "newcomer-2", REACT, 5, "hooray", NULL },
    { 81, "newcomer-2", COMMENT, 5, "That works. Thank you!", NULL },
    { 90, "maintainer-1", CLOSE, 5, "completed", NULL },

    { 100, "contributor-3", OPEN, 6, "Crash when the picture has 16 bits per channel",
      "Steps:\n\n1. save a digit as 16-bit grey PNG\n2. `hearth predict model.safetensors "
      "digit.png`\n\nExpected: a label or a clear error. Actual: it ends without a word." },
    { 103, "triager-3", LABEL, 6, "bug", NULL },
    { 120, "maintainer-2", COMMENT, 6, "I can reproduce it. Which version of the library?",
      NULL },
    { 140, "contributor-3", COMMENT, 6, "1.6.39, from Debian.", NULL },

    { 150, "visitor-7", OPEN, 7, "The model reads my 4 as 9",
      "I drew an open 4 and the answer was 9 with 97%. My sevens are fine." },
    { 151, "teacher-8", COMMENT, 7, "Same here: the open 4 of my pupils is nearly always a 9.",
      NULL },
    { 152, "teacher-8", REACT, 7, "+1", NULL },
    { 153, "newcomer-5", REACT, 7, "+1", NULL },

    { 170, "teacher-8", OPEN, 8, "Thank you for this project",
      "We used it in class and the children loved it. Great work!" },
    { 171, "maintainer-1", REACT, 8, "heart", NULL },
    { 172, "maintainer-1", COMMENT, 8, "That made our day.", NULL },

    { 190, "newcomer-5", OPEN, 9, "The README does not say how pixels are scaled",
      "Is 16 black or white? And is it 0 to 1 or 0 to 16?" },
    { 195, "triager-3", LABEL, 9, "documentation", NULL },

    { 210, "contributor-4", OPEN, 10, "Please accept 28x28 pictures",
      "It would be nice if larger pictures could be contributed, too." },
    { 220, "triager-3", LABEL, 10, "enhancement", NULL },
    { 221, "maintainer-2", COMMENT, 10, "Planned, after the next release.", NULL },
    { 230, "contributor-4", RETITLE, 10, "Accept 28x28 pictures as contributions", NULL },

    { 240, "ghost", OPEN, 11, "Is this still maintained?", "" },
    { 250, "maintainer-2", COMMENT, 11, "Yes, it is.", NULL },
    { 251, "ghost", COMMENT, 11, "Good to know.", NULL },
    { 260, "maintainer-2", CLOSE, 11, "not_planned", NULL },

    { 300, "newcomer-2", OPEN, 12, "Which digits do you need most?",
      "I have an hour on Sunday and could draw some." },

    { 320, "former-helper-4", LABEL, 4, "retrain", NULL },
    { 340, "triager-3", LABEL, 2, "data", NULL },
    { 341, "maintainer-1", REVIEW, 2, "COMMENTED", "Looks good to me, let us see." },
    { 342, "maintainer-1", REMARK, 2, "contrib/contributor-4-classroom/samples.csv",
      "Nice, no header." },
    { 343, NULL, REVIEW, 2, "COMMENTED", "A review by someone whose account is gone." },
    { 400, "maintainer-1", LABEL, 2, "retrain", NULL },
    { 410, "maintainer-1", LABEL, 3, "retrain", NULL },
    { 420, "newcomer-5", COMMENT, 6, "I see this too, with pictures from my camera.", NULL },
    { 430, "former-helper-4", ROLE, 0, "read", NULL },
    { 0 },
};

const struct sample_pull sample_pulls[] = {
    { "contributor-3-tablet", FORM_PNG, "tablet" },
    { "contributor-4-classroom", FORM_CSV, "classroom" },
    { "contributor-5-phone", FORM_CSV_ROTATED, "phone" },
    { "contributor-6-stylus", FORM_CSV, "stylus" },
};
const size_t n_sample_pulls = sizeof(sample_pulls) / sizeof(sample_pulls[0]);
