/* SPDX-License-Identifier: Apache-2.0
 * bot/release/dossier.h
 * dossier: everything that is known of a run, gathered for its package.
 * Owns the strings and documents that `release` points to. */
#ifndef BOT_RELEASE_DOSSIER_H
#define BOT_RELEASE_DOSSIER_H
#include "base/buf.h"
#include "base/json.h"
#include "hub/package/package.h"

struct bot;
struct err;

struct dossier {
    struct package_release release; /* version, previous and weights among it */
    struct package_contribution *contributions;
    void **owned; /* strings and samples that the above borrow */
    size_t n_owned;
    struct buf weights;
    json_t *evaluation, *verdict;
    char target_sha[41];
};

void dossier_finish(struct dossier *dossier); /* NULL and half-built are fine */

int dossier_read(struct dossier *ret, struct bot *bot, const char *version,
                 const char *previous, const char *run_id, struct err *err);

#endif
