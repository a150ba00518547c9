/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/champion.h
 * champion: the model in service, as a file that the judge can read.
 * The latest published release, or the bundled model before there is one. Models are kept in
 * cache/models/ by their digest; one that is missing there is read from its release again. */
#ifndef BOT_RETRAIN_CHAMPION_H
#define BOT_RETRAIN_CHAMPION_H
#include "base/hash.h"

struct bot;
struct buf;
struct err;

enum { CHAMPION_VERSION_SIZE = 32 };

struct champion {
    char version[CHAMPION_VERSION_SIZE]; /* "" for the bundled model */
    char *path;                          /* NULL for the bundled model */
};

void champion_finish(struct champion *champion); /* NULL and half-built are fine */

/* version: NULL takes the one in service now; "" the bundled one; otherwise that release, also
 * one that only the forge knows. -ERR_NOTFOUND, or what the forge answers. */
int champion_find(struct champion *ret, struct bot *bot, const char *version, struct err *err);

/* Keeps a model by its digest, for later champions and releases. */
int model_cache_put(struct bot *bot, const char sha256[SHA256_HEX_SIZE],
                    const struct buf *model, struct err *err);
char *model_cache_path(struct bot *bot, const char *sha256); /* the caller frees */

#endif
