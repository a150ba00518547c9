/* SPDX-License-Identifier: Apache-2.0
 * hub/package/package.h
 * package: the files of a release, from plain facts, without SQL, network or clock.
 * The same facts give the same bytes. Nothing is released whose licences are not known to fit:
 * every contribution needs author, licence and digest, every licence must allow its data to go
 * into a model under the model's own. The files:
 *
 *     README.md           the model card, metadata in its front matter
 *     LICENSE             text of the model's licence
 *     ATTRIBUTIONS.md     who gave what, under which licence
 *     config.json         what goes into the network and comes out
 *     model.safetensors   the weights
 *     lineage.json        every sample with author, licence, PR, approval, run and verdict
 *     SHA256SUMS          of all the others; always the last */
#ifndef HUB_PACKAGE_PACKAGE_H
#define HUB_PACKAGE_PACKAGE_H
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/json.h"

struct err;

/* One accepted sample of a contribution. */
struct package_sample {
    const char *digest; /* sha256 of the pixels */
    const char *path;   /* file in the PR */
    int64_t row;        /* 1-based line of a CSV, 0 for a picture */
    int64_t label;
};

struct package_contribution {
    int64_t number; /* the PR */
    const char *commit_sha;
    const char *author;  /* login */
    const char *licence; /* SPDX expression */
    const char *digest;  /* sha256 over the samples in order */
    int64_t merged_at;
    const char *approved_by, *approved_role; /* "" when it came in without a trigger */
    int64_t approved_at;
    const struct package_sample *samples;
    size_t n_samples;
};

/* The data that was there before anybody contributed. */
struct package_base {
    const char *id;      /* in the card's `datasets`: "uci/optdigits" */
    const char *title;   /* "Optical Recognition of Handwritten Digits" */
    const char *credit;  /* who made it */
    const char *url;     /* where it comes from */
    const char *licence; /* SPDX expression */
    const char *digest;  /* dataset_digest() of the part that was trained on */
    int64_t n_train, n_holdout;
};

struct package_run {
    const char *id;
    int64_t number; /* the PR that asked */
    const char *commit_sha;
    const char *cause;       /* "label" */
    const char *data_digest; /* of everything that was trained on */
    int64_t n_train;
    const char *champion_sha256; /* what it was compared with */
};

/* Every string is borrowed and not NULL; "" where there is nothing. */
struct package_release {
    const char *version;     /* "1.1.0" */
    const char *previous;    /* the version before it, "" for the first */
    const char *hub_id;      /* "namespace/name" */
    const char *title;       /* for people */
    const char *licence;     /* SPDX id of the model */
    const char *source_url;  /* the community's repository, for people */
    const char *pull_prefix; /* a PR's address without its number: ".../pull/" */
    const char *target_sha;  /* commit of the default branch that it is made from */
    int64_t dated_at;
    const void *weights; /* model.safetensors */
    size_t weights_len;
    struct package_base base;
    struct package_run run;
    const json_t *evaluation; /* eval_json() on the hold-out, of these weights; borrowed */
    const json_t *verdict;    /* the gate's rows, as the run stored them; borrowed */
    const struct package_contribution *contributions;
    size_t n_contributions;
};

enum { PACKAGE_FILES = 7 };

struct package_file {
    const char *path; /* static */
    char *data;       /* len bytes and a NUL */
    size_t len;
    char sha256[SHA256_HEX_SIZE];
};

struct package {
    struct package_file files[PACKAGE_FILES]; /* in the order of the list above */
};

/* -ERR_REFUSED names the contribution or sample whose licence or credit is missing or does not
 * fit; -ERR_RANGE a fact that cannot be right; *ret is then all zero. */
int package_build(struct package *ret, const struct package_release *r, struct err *err);
void package_finish(struct package *package); /* NULL and zeroed are fine */

/* Writes the files into a folder, made if need be; SHA256SUMS comes last, so that a folder with
 * a right one is whole. */
int package_write(const struct package *package, const char *dir, struct err *err);

#endif
