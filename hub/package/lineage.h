/* SPDX-License-Identifier: Apache-2.0
 * hub/package/lineage.h
 * lineage: lineage.json, written and read.
 * A release tells by itself where every sample came from; whoever lost the database takes it
 * from there. Pixels are not in it: they lie in the contribution's commit, under path and
 * row. */
#ifndef HUB_PACKAGE_LINEAGE_H
#define HUB_PACKAGE_LINEAGE_H
#include <stddef.h>

#include "hub/package/package.h"

struct buf;
struct err;

#define LINEAGE_FORMAT "hearth-lineage/1"

/* What was read. Owns what release points to; its weights are NULL, their digest beside. */
struct package_lineage {
    json_t *doc;
    struct package_release release;
    struct package_contribution *contributions;
    struct package_sample *samples;
    const char *model_sha256;
};

/* model_sha256: of the weights. */
void package_lineage_write(struct buf *out, const struct package_release *r,
                           const char *model_sha256);

/* Checks every field. what names the source in messages. -ERR_SCHEMA for a newer format. */
int package_lineage_read(struct package_lineage *ret, const char *text, size_t len,
                         const char *what, struct err *err);
void package_lineage_finish(struct package_lineage *lineage); /* NULL and zeroed are fine */

#endif
