/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "practice/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The first line is the Content-Type, the rest the body: a part that is found lies in it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *end = memchr(data, '\n', len);
    size_t n = end ? (size_t)(end - data) : len;
    char *type = xstrndup((const char *)data, n);
    size_t body_len = end ? len - n - 1 : 0;
    const char *body = end ? (const char *)end + 1 : "";
    struct multipart_file file;

    if (multipart_find(&file, type, body, body_len, "attachment", NULL) == 0) {
        assert(file.data >= body && file.data + file.len <= body + body_len);
        assert(strlen(file.filename) < sizeof(file.filename));
    }
    free(type);
    return 0;
}
