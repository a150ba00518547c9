/* SPDX-License-Identifier: Apache-2.0
 * store/person.h
 * person: accounts of the forge that wrote, did or asked something.
 * Structs borrow their strings: for puts from the caller, for gets from the row, alive until
 * the callback returns. Callbacks return 0 to go on, a negative error to stop with it. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct person {
    int64_t id; /* the forge's account id, > 0 */
    const char *login;
    bool is_bot; /* the forge says so, or the policy lists the login; out of every figure */
};

int person_put(struct db *db, const struct person *p, struct err *err);

typedef int person_fn(void *ctx, const struct person *p, struct err *err);
int person_get(struct db *db, int64_t id, person_fn *fn, void *ctx,
               struct err *err); /* -ERR_NOTFOUND */

#endif
