/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/workers.h"

#include <stddef.h>

#include "base/worker.h"
#include "bot/retrain/fetch.h"
#include "bot/retrain/judge.h"

const struct worker_kind *const workers[] = {
    &fetch_worker,
    &judge_worker,
    NULL,
};
