/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/trusted.h"

#include "base/embedded.h"
#include "base/err.h"
#include "data/bundled.h"
#include "model/split.h"

int trusted_load(struct trusted *ret, struct err *err)
{
    const struct embedded *digits = bundled_digits(), *split = bundled_split();
    struct dataset all;

    dataset_init(&ret->base, 8);
    dataset_init(&ret->holdout, 8);
    dataset_init(&all, 8);
    int rc = dataset_read_csv(&all, (const char *)digits->data, digits->len,
                              "bundled digits.csv", err);
    if (rc == 0)
        rc = split_select(&ret->base, &all, SPLIT_BASE, (const char *)split->data, split->len,
                          err);
    if (rc == 0)
        rc = split_select(&ret->holdout, &all, SPLIT_HOLDOUT, (const char *)split->data,
                          split->len, err);
    dataset_finish(&all);
    return rc;
}

void trusted_finish(struct trusted *trusted)
{
    if (!trusted)
        return;
    dataset_finish(&trusted->base);
    dataset_finish(&trusted->holdout);
}
