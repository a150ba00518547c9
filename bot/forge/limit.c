/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/limit.h"

#include <stddef.h>
#include <string.h>

#include "base/http.h"
#include "base/parse.h"
#include "base/rfc3339.h"

static int64_t header_number(const struct http_response *res, const char *name)
{
    const char *text = http_response_header(res, name);
    int64_t number = -1;

    if (!text || parse_i64(&number, text, 0, INT64_MAX / 2, name, NULL) < 0)
        return -1;
    return number;
}

static int64_t clamp_wait(int64_t wait_s, int64_t most_s)
{
    if (wait_s < 1)
        return 1;
    return wait_s > most_s ? most_s : wait_s;
}

/* Seconds or an HTTP-date; -1 when absent or neither. */
static int64_t retry_after(const struct http_response *res, int64_t server_at)
{
    const char *text = http_response_header(res, "retry-after");
    int64_t at;

    if (!text)
        return -1;
    if (http_date_parse(&at, text, NULL) == 0)
        return at > server_at ? at - server_at : 0;
    return header_number(res, "retry-after");
}

static bool body_says(const struct http_response *res, const char *words)
{
    return strstr(res->body.data, words) != NULL;
}

static bool is_secondary(const struct http_response *res)
{
    static const char *const words[] = { "secondary rate limit", "rate limit exceeded",
                                         "abuse detection" };
    bool is = http_response_header(res, "gh-limited-by") != NULL;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !is; i++)
        is = body_says(res, words[i]);
    return is;
}

static struct limit_verdict wait_as_asked(int64_t wait_s)
{
    return (struct limit_verdict){ LIMIT_WAIT, clamp_wait(wait_s, LIMIT_MAX_ASKED_S),
                                   "retry-after", false };
}

static struct limit_verdict wait_for_reset(int64_t wait_s)
{
    return (struct limit_verdict){ LIMIT_WAIT, clamp_wait(wait_s, LIMIT_MAX_WAIT_S), "quota",
                                   false };
}

static struct limit_verdict wait_and_double(int64_t n_before)
{
    int shift = n_before < 0 ? 0 : n_before > 6 ? 6 : (int)n_before;

    return (struct limit_verdict){ LIMIT_WAIT, (int64_t)LIMIT_SECONDARY_S << shift,
                                   "secondary limit", true };
}

struct limit_verdict limit_judge(const struct http_response *res, int64_t server_at,
                                 int64_t n_before)
{
    int64_t asked = retry_after(res, server_at);

    if (res->status == 503 && asked >= 0)
        return wait_as_asked(asked);
    if (res->status != 403 && res->status != 429)
        return (struct limit_verdict){ LIMIT_NONE, 0, "", false };

    if (asked >= 0)
        return wait_as_asked(asked);
    int64_t reset_at = header_number(res, "x-ratelimit-reset");
    if (header_number(res, "x-ratelimit-remaining") == 0 && reset_at > 0)
        return wait_for_reset(reset_at - server_at + 1);
    if (is_secondary(res) || res->status == 429)
        return wait_and_double(n_before);
    return (struct limit_verdict){ LIMIT_DENIED, 0, "", false };
}

bool limit_read_quota(struct limit_quota *ret, const struct http_response *res)
{
    const char *resource = http_response_header(res, "x-ratelimit-resource");
    struct limit_quota quota = {
        .limit = header_number(res, "x-ratelimit-limit"),
        .remaining = header_number(res, "x-ratelimit-remaining"),
        .reset_at = header_number(res, "x-ratelimit-reset"),
    };

    if (resource && strcmp(resource, "core") != 0)
        return false;
    if (quota.limit <= 0 || quota.remaining < 0 || quota.reset_at <= 0)
        return false;
    *ret = quota;
    return true;
}
