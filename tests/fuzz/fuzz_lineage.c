/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "hub/package/lineage.h"

enum { MAX_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any bytes: what is accepted is written the same way twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct package_lineage first, again;
    struct buf text, copy;

    if (package_lineage_read(&first, (const char *)data, len, "input", NULL) < 0)
        return 0;
    buf_init(&text, MAX_BYTES);
    buf_init(&copy, MAX_BYTES);
    package_lineage_write(&text, &first.release, first.model_sha256);
    if (!text.overflow) {
        assert(package_lineage_read(&again, text.data, text.len, "copy", NULL) == 0);
        package_lineage_write(&copy, &again.release, again.model_sha256);
        assert(strcmp(text.data, copy.data) == 0);
        package_lineage_finish(&again);
    }
    buf_finish(&copy);
    buf_finish(&text);
    package_lineage_finish(&first);
    return 0;
}
