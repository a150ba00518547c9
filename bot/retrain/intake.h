/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/intake.h
 * intake: the labelled samples of one contribution, read from hostile files.
 * A contribution is one folder `contrib/NAME/` holding
 *     contribution.yml     licence: SPDX expression, author: login, consent: true
 *     NAME.csv             rows of 64 values 0..16 and a label 0..9
 *     LABEL/NAME.png       pictures, the folder's name is their label
 *     README.md            ignored
 * A file that cannot be used refuses its samples with a reason, what is wrong with the whole
 * contribution is its fault; neither is an error of ours. Runs in the `judge` worker and in
 * `hearth contribute check`. Owns its strings. */
#ifndef BOT_RETRAIN_INTAKE_H
#define BOT_RETRAIN_INTAKE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct err;
struct source;

enum { INTAKE_SIDE = 8, INTAKE_PIXELS = 64, INTAKE_MAX_VALUE = 16, INTAKE_LABELS = 10 };

struct intake_sample {
    char *path;
    int64_t row;                   /* 1-based line of a CSV, 0 for a picture */
    int label;                     /* 0..9, -1: unreadable */
    bool is_readable;              /* pixels and digest hold something */
    uint8_t pixels[INTAKE_PIXELS]; /* row by row, 0 white .. 16 black */
    char digest[SHA256_HEX_SIZE];  /* of pixels; "" when unreadable */
    char *reason;                  /* why it is refused; NULL: accepted */
};

struct intake {
    char *licence;                 /* as contribution.yml states it, an id in SPDX's spelling */
    char *fault;                   /* why all of it is refused; NULL: nothing */
    struct intake_sample *samples; /* in order of path and row */
    size_t n_samples;
};

struct intake_policy {
    const char *author;          /* login of the pull request's author; NULL: not compared */
    const char *const *licences; /* SPDX ids that are taken */
    size_t n_licences;
    size_t max_samples;
    size_t max_file_size; /* bytes */
};

void intake_init(struct intake *intake);
void intake_finish(struct intake *intake); /* NULL and half-built are fine */

/* Fills intake; negative only when the source itself cannot be read. */
int intake_read(struct intake *intake, struct source *source,
                const struct intake_policy *policy, struct err *err);

/* The first reason stays. */
void intake_refuse(struct intake_sample *sample, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void intake_fault(struct intake *intake, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

size_t intake_accepted(const struct intake *intake);

/* sha256 over label and pixels of the accepted samples in order: names the contribution. */
void intake_digest(const struct intake *intake, char out[SHA256_HEX_SIZE]);

#endif
