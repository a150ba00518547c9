/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/http.h"
#include "bot/forge/limit.h"

enum { NOW = 1700000000, LAST_N = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* "name: value" of each line; what follows an empty line is the body. */
static void fill(struct http_response *res, char *text)
{
    char *line = text, *next;

    for (; *line && *line != '\n' && res->n_headers < HTTP_MAX_HEADERS; line = next) {
        char *end = strchr(line, '\n'), *colon = strstr(line, ": ");
        next = end ? end + 1 : line + strlen(line);
        if (end)
            *end = '\0';
        if (!colon || (end && colon > end))
            continue;
        *colon = '\0';
        res->headers[res->n_headers].name = xstrdup(line);
        res->headers[res->n_headers++].value = xstrdup(colon + 2);
    }
    buf_init(&res->body, 1 << 20);
    buf_add_str(&res->body, line);
}

/* Any headers, under each status that may refuse: a wait keeps its bounds, a quota is whole. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const int statuses[] = { 200, 403, 429, 503 };
    char *text = xstrndup((const char *)data, len);
    struct limit_quota quota;
    struct http_response res;

    http_response_init(&res);
    fill(&res, text);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        for (int n = -1; n <= LAST_N; n++) {
            res.status = statuses[i];
            struct limit_verdict v = limit_judge(&res, NOW, n);
            assert(v.why);
            assert(v.kind != LIMIT_WAIT || (v.wait_s >= 1 && v.wait_s <= LIMIT_MAX_ASKED_S));
            assert(v.kind == LIMIT_NONE || res.status != 200);
        }
    if (limit_read_quota(&quota, &res))
        assert(quota.limit > 0 && quota.remaining >= 0 && quota.reset_at > 0);
    http_response_finish(&res);
    free(text);
    return 0;
}
