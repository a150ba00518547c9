/* SPDX-License-Identifier: Apache-2.0
 * store/embedded.h
 * embedded: the migrations that the build put into the binary, in their order. */
#ifndef STORE_EMBEDDED_H
#define STORE_EMBEDDED_H
#include "base/embedded.h"

extern const struct embedded hearth_migrations[];
extern const struct embedded hub_migrations[];

#endif
