/* SPDX-License-Identifier: Apache-2.0
 * bot/release/version.h
 * version: MAJOR.MINOR.PATCH, as releases of the model are named.
 * New data raises the minor number; the bundled model is 1.0.0. Pure. */
#ifndef BOT_RELEASE_VERSION_H
#define BOT_RELEASE_VERSION_H
#include <stdbool.h>

enum { VERSION_SIZE = 32 };

bool version_is(const char *text);

/* previous: "" for the bundled model. */
void version_next(char ret[VERSION_SIZE], const char *previous);

#endif
