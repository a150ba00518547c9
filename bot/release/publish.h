/* SPDX-License-Identifier: Apache-2.0
 * bot/release/publish.h
 * publish: a release that the forge has whole goes into its hub repository: published. */
#ifndef BOT_RELEASE_PUBLISH_H
#define BOT_RELEASE_PUBLISH_H

struct bot;
struct err;

/* The staged files, made again where the cache was lost; they must be what was announced. */
int publish_on_hub(struct bot *bot, const char *version, struct err *err);

#endif
