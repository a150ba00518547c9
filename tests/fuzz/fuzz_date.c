/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rfc3339.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any text, taken for both kinds of time: what is read is within bounds, and written and read
 * again it is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xstrndup((const char *)data, len);
    char out[RFC3339_SIZE], http[HTTP_DATE_SIZE];
    int64_t at, again;

    if (rfc3339_parse(&at, text, NULL) == 0) {
        assert(at >= 0 && at <= 253402300799);
        assert(rfc3339_parse(&again, rfc3339_format(out, at), NULL) == 0 && again == at);
    }
    if (http_date_parse(&at, text, NULL) == 0) {
        assert(at >= 0);
        assert(http_date_parse(&again, http_date_format(http, at), NULL) == 0 && again == at);
    }
    free(text);
    return 0;
}
