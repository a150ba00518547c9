/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/httpd_route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct httpd_route routes[] = {
    { "GET", "/", NULL, 0 },
    { "GET", "/api/{kind}/{id}", NULL, 0 },
    { "*", "/{owner}/{name}.git/{rest...}", NULL, 0 },
    { "GET", "/{owner}/{name}/resolve/{rev}/{path...}", NULL, 0 },
    { "DELETE", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", NULL, 0 },
    { NULL, NULL, NULL, 0 },
};

/* Any path: values are parts of it, and only the last may hold a '/'. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const methods[] = { "GET", "HEAD", "DELETE", "PATCH" };
    char *path = xstrndup((const char *)data, len);

    for (size_t m = 0; m < sizeof(methods) / sizeof(methods[0]); m++) {
        struct httpd_match match;

        enum httpd_found found = httpd_match_init(&match, routes, methods[m], path);
        assert((found == HTTPD_FOUND) == (match.route != NULL));
        for (size_t i = 0; i < match.n_params; i++) {
            assert(strstr(path, match.params[i].value));
            assert(i + 1 == match.n_params || !strchr(match.params[i].value, '/'));
        }
        httpd_match_finish(&match);
    }
    free(path);
    return 0;
}
