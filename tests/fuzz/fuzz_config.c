/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any bytes: either a configuration within its bounds, or at least one line of faults. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct config *config = NULL;
    struct buf faults;

    buf_init(&faults, 1 << 20);
    if (config_load_text(&config, "hearth.yml", (const char *)data, len, &faults, NULL) < 0) {
        assert(!config && strchr(faults.data, '\n'));
    } else {
        assert(faults.len == 0);
        assert(config->retrain.licences.n > 0 && config->forge.timeout_s > 0);
        assert(config->budgets.content_per_hour <= 500);
        config_free(config);
    }
    buf_finish(&faults);
    return 0;
}
