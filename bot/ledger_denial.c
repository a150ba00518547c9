/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger_denial.h"

bool denials_has(const struct denials *d, int64_t number)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->numbers[i] == number)
            return true;
    return false;
}

int denials_add(struct denials *d, int64_t number, const struct err *err)
{
    if (d->n == 0)
        d->first = *err;
    d->numbers[d->n++] = number;
    return d->n < DENIALS_MAX ? 0 : -ERR_DENIED;
}

int denials_first(const struct denials *d, struct err *err)
{
    *err = d->first;
    return -ERR_DENIED;
}
