/* SPDX-License-Identifier: Apache-2.0
 * Whose token a request carries: as the API's clients send it, and as git does. */
#include "practice/server.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/hash.h"
#include "practice/call.h"

enum { CREDENTIALS_MAX = 1024 };

static bool is_token(const struct practice *p, const char *text, size_t len)
{
    return len == strlen(p->token) && equal_in_constant_time(text, p->token, len);
}

/* "user:token", or "token:" as some clients have it, in base64. */
static bool is_basic(const struct practice *p, const char *text)
{
    struct buf plain;

    buf_init(&plain, CREDENTIALS_MAX);
    bool is_right = base64_decode(&plain, text, strlen(text), "Authorization", NULL) == 0;
    size_t user = strcspn(plain.data, ":");
    const char *password = plain.data + user + (plain.data[user] == ':');
    is_right =
        is_right && (is_token(p, password, strlen(password)) || is_token(p, plain.data, user));
    buf_finish(&plain);
    return is_right;
}

enum sign practice_sign(const struct practice *p, const struct ask *ask)
{
    const char *text = ask->header(ask->ctx, "Authorization");

    if (!text)
        return SIGN_NONE;
    size_t word = strcspn(text, " ");
    const char *rest = text[word] ? text + word + 1 : "";
    if (word == 5 && strncmp(text, "Basic", word) == 0)
        return is_basic(p, rest) ? SIGN_BOT : SIGN_WRONG;
    if ((word == 6 && strncmp(text, "Bearer", word) == 0) ||
        (word == 5 && strncmp(text, "token", word) == 0))
        return is_token(p, rest, strlen(rest)) ? SIGN_BOT : SIGN_WRONG;
    return SIGN_WRONG;
}
