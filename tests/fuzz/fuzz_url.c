/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any text: what is accepted is made of its parts, and its parts are accepted again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xstrndup((const char *)data, len);
    struct http_url url, again;

    if (http_url_parse(&url, text, NULL) == 0) {
        char *whole = xasprintf("%s%s", url.origin, url.path);

        assert(http_url_parse(&again, whole, NULL) == 0);
        assert(strcmp(url.origin, again.origin) == 0 && strcmp(url.path, again.path) == 0);
        assert(strcmp(url.host, again.host) == 0);
        assert(url.is_tls == again.is_tls && url.is_loopback == again.is_loopback);
        assert(!strpbrk(whole, "\r\n #"));
        free(whole);
    }
    free(text);
    return 0;
}
