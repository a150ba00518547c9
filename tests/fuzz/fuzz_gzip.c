/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/gzip.h"

enum { MAX_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any bytes: never more than the limit comes out, and success means they were gzip. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct buf out;

    buf_init(&out, MAX_BYTES);
    int rc = gzip_unpack(&out, data, len, "input", NULL);
    assert(out.len <= MAX_BYTES);
    assert(rc < 0 || gzip_is(data, len));
    buf_finish(&out);
    return 0;
}
