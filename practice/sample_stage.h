/* SPDX-License-Identifier: Apache-2.0
 * practice/sample_stage.h
 * sample_stage: the words in which the sample community's story is told. */
#ifndef PRACTICE_SAMPLE_STAGE_H
#define PRACTICE_SAMPLE_STAGE_H
#include <stdint.h>

#include "practice/digits.h"

struct person {
    const char *login, *role, *type; /* role NULL: none */
};

struct sample_label {
    const char *name, *color, *description;
};

enum deed {
    OPEN = 1,  /* a: title, b: body; thread: the number it will get */
    OPEN_PULL, /* the same, with the files of sample_pulls[thread - 1] */
    COMMENT,   /* a: body */
    LABEL,     /* a: label */
    REACT,     /* a: content */
    REVIEW,    /* a: verdict, b: body */
    REMARK,    /* a: path, b: body; on the last review */
    RETITLE,   /* a: title */
    CLOSE,     /* a: reason */
    MERGE,
    ROLE, /* a: the role that `who` has from now on */
};

struct scene {
    int hour;        /* since the beginning */
    const char *who; /* NULL: an account that is gone */
    enum deed deed;
    int64_t thread;
    const char *a, *b;
};

/* One for each practice PR, in the order of their numbers. */
struct sample_pull {
    const char *folder;
    enum contribution_form form;
    const char *branch;
};

/* The tables of sample.c; each but the last ends with a row of zeros. */
extern const struct person sample_people[];
extern const struct sample_label sample_labels[];
extern const struct scene sample_scenes[];
extern const struct sample_pull sample_pulls[];
extern const size_t n_sample_pulls;

enum { SAMPLE_HOURS = 21 * 24, SAMPLE_DIGITS_PER_PULL = 34 };

#endif
