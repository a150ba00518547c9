/* SPDX-License-Identifier: Apache-2.0
 * store/delivery.h
 * delivery: the webhook deliveries that were taken, by the forge's name of them, in hub.db. */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H
#include <stdint.h>

#include "store/db.h"

/* PUT_NEW, or PUT_SAME when it was taken before. */
int delivery_put(struct db *db, const char *id, int64_t received_at, enum put_result *ret,
                 struct err *err);
int delivery_expire(struct db *db, int64_t received_before_at, struct err *err);

#endif
