/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/workers.h"

#include <stddef.h>

#include "base/worker.h"

const struct worker_kind *const workers[] = {
    NULL,
};
