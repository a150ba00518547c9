/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/credentials.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/parse.h"

enum { MAX_CREDENTIALS_BYTES = 1024 };

/* The token of "user:token", or of "token:" as some people type it. */
static char *token_of_basic(const char *encoded)
{
    struct buf plain;
    char *token = NULL;

    buf_init(&plain, MAX_CREDENTIALS_BYTES);
    if (base64_decode(&plain, encoded, strlen(encoded), "Authorization", NULL) == 0 &&
        strlen(plain.data) == plain.len) {
        char *colon = strchr(plain.data, ':');

        if (colon && colon[1])
            token = xstrdup(colon + 1);
        else
            token = xstrndup(plain.data, strcspn(plain.data, ":"));
    }
    buf_finish(&plain);
    return token;
}

char *credentials_token(const char *authorization)
{
    static const char bearer[] = "Bearer ", basic[] = "Basic ";

    if (strncasecmp(authorization, bearer, sizeof(bearer) - 1) == 0)
        return xstrdup(authorization + sizeof(bearer) - 1);
    if (strncasecmp(authorization, basic, sizeof(basic) - 1) == 0)
        return token_of_basic(authorization + sizeof(basic) - 1);
    return NULL;
}

bool credentials_would_use_xet(const char *user_agent)
{
    static const char name[] = "hf_hub/";
    const char *at = user_agent ? strstr(user_agent, name) : NULL;
    int64_t major = 0, minor = 0;

    if (!at)
        return false;
    at += strlen(name);
    char *version = xstrndup(at, strcspn(at, "; "));
    char *dot = strchr(version, '.');
    if (dot) {
        *dot++ = '\0';
        dot[strspn(dot, "0123456789")] = '\0';
    }
    bool is_read = dot && parse_i64(&major, version, 0, 9999, "major", NULL) == 0 &&
                   parse_i64(&minor, dot, 0, 9999, "minor", NULL) == 0;
    free(version);
    return is_read && (major > 1 || (major == 1 && minor >= 20));
}
