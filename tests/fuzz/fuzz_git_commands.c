/* SPDX-License-Identifier: Apache-2.0
 * The commands of a push: nothing behind the data is read, and what is short is let through. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "hub/web/git_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *exact = size ? xmemdup(data, size) : NULL;

    if (!git_body_commands_fit(exact ? exact : "", size))
        assert(size > GIT_COMMANDS_MAX_BYTES);
    free(exact);
    return 0;
}
