/* SPDX-License-Identifier: Apache-2.0
 * Whose token a request carries: as the API's clients send it, and as git does. */
#include "practice/server.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/hash.h"
#include "practice/app.h"
#include "practice/call.h"

enum { CREDENTIALS_MAX = 1024 };

static enum sign sign_of(const struct practice *p, const char *text, size_t len)
{
    if (len == strlen(p->token) && equal_in_constant_time(text, p->token, len))
        return SIGN_BOT;
    return practice_app_knows(p->app, text, len, clock_now(&p->forge.clock)) ? SIGN_APP
                                                                             : SIGN_WRONG;
}

/* "user:token", or "token:" as some clients have it, in base64. */
static enum sign sign_of_basic(const struct practice *p, const char *text)
{
    enum sign sign = SIGN_WRONG;
    struct buf plain;

    buf_init(&plain, CREDENTIALS_MAX);
    if (base64_decode(&plain, text, strlen(text), "Authorization", NULL) == 0) {
        size_t user = strcspn(plain.data, ":");
        const char *password = plain.data + user + (plain.data[user] == ':');

        sign = sign_of(p, password, strlen(password));
        if (sign == SIGN_WRONG)
            sign = sign_of(p, plain.data, user);
    }
    buf_finish(&plain);
    return sign;
}

enum sign practice_sign(const struct practice *p, const struct ask *ask)
{
    const char *text = ask->header(ask->ctx, "Authorization");

    if (!text)
        return SIGN_NONE;
    size_t word = strcspn(text, " ");
    const char *rest = text[word] ? text + word + 1 : "";
    if (word == 5 && strncmp(text, "Basic", word) == 0)
        return sign_of_basic(p, rest);
    bool is_bearer = word == 6 && strncmp(text, "Bearer", word) == 0;
    if (is_bearer && practice_app_is_proof(rest))
        return SIGN_PROOF;
    if (is_bearer || (word == 5 && strncmp(text, "token", word) == 0))
        return sign_of(p, rest, strlen(rest));
    return SIGN_WRONG;
}
