/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/xet_token.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/sign.h"
#include "base/text.h"

enum { N_FIELDS = 5, SIGNATURE_SIZE = 2 * HMAC_SHA256_SIZE + 1, MAX_TEXT_BYTES = 1024 };

static const char scheme[] = "Bearer ", separator[] = "~"; /* in no name */

static void add_fields(struct buf *out, const struct xet_grant *grant)
{
    buf_printf(out, "%d~%s~%s~%" PRId64, (int)grant->kind, grant->repo, grant->person,
               grant->expires_at);
}

static void sign(char out[SIGNATURE_SIZE], const struct xet_grant *grant, const char *key)
{
    uint8_t mac[HMAC_SHA256_SIZE];
    struct buf text;

    buf_init(&text, MAX_TEXT_BYTES);
    buf_add_str(&text, "xet~");
    add_fields(&text, grant);
    hmac_sha256(mac, key, strlen(key), text.data, text.len);
    (void)hex_encode(out, mac, sizeof(mac));
    buf_finish(&text);
}

void xet_token_add(struct buf *out, const struct xet_grant *grant, const char *key)
{
    char signature[SIGNATURE_SIZE];

    sign(signature, grant, key);
    add_fields(out, grant);
    buf_printf(out, "~%s", signature);
}

/* Cuts text into its fields, in place; false for another number of them. */
static bool cut(char *fields[N_FIELDS], char *text)
{
    size_t n = 0;

    for (;;) {
        if (n == N_FIELDS)
            return false;
        fields[n++] = text;
        text += strcspn(text, separator);
        if (*text == '\0')
            return n == N_FIELDS;
        *text++ = '\0';
    }
}

static bool read_fields(struct xet_grant *grant, char *const fields[N_FIELDS])
{
    int64_t kind;

    if (parse_i64(&kind, fields[0], HOSTED_MODEL, HOSTED_DATASET, "kind", NULL) < 0 ||
        parse_i64(&grant->expires_at, fields[3], 0, INT64_MAX, "exp", NULL) < 0)
        return false;
    grant->kind = (enum hosted_kind)kind;
    return (size_t)snprintf(grant->repo, sizeof(grant->repo), "%s", fields[1]) <
               sizeof(grant->repo) &&
           (size_t)snprintf(grant->person, sizeof(grant->person), "%s", fields[2]) <
               sizeof(grant->person);
}

int xet_token_read(struct xet_grant *ret, const char *authorization, const char *key,
                   int64_t now)
{
    char signature[SIGNATURE_SIZE], *fields[N_FIELDS];
    struct xet_grant grant = { 0 };
    bool is_good = false;

    if (!authorization || !text_has_prefix(authorization, scheme))
        return -ERR_AUTH;
    char *text = xstrdup(authorization + sizeof(scheme) - 1);
    if (cut(fields, text) && read_fields(&grant, fields)) {
        const char *sent = fields[N_FIELDS - 1];

        sign(signature, &grant, key);
        is_good = strlen(sent) == SIGNATURE_SIZE - 1 &&
                  equal_in_constant_time(sent, signature, SIGNATURE_SIZE - 1) &&
                  grant.expires_at > now;
    }
    free(text);
    if (!is_good)
        return -ERR_AUTH;
    *ret = grant;
    return 0;
}
