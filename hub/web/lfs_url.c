/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/lfs_url.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/form.h"
#include "base/parse.h"
#include "base/sign.h"

enum { MAX_TEXT_BYTES = 1024, MAX_FIELDS = 16, SIGNATURE_SIZE = 2 * HMAC_SHA256_SIZE + 1 };

/* What is signed: every field, in an order and with separators of its own. */
static void sign(char out[SIGNATURE_SIZE], const struct lfs_grant *g, const char *key)
{
    uint8_t mac[HMAC_SHA256_SIZE];
    struct buf text;

    buf_init(&text, MAX_TEXT_BYTES);
    buf_printf(&text, "%s\n%s\n%s\n%s\n%d\n%" PRId64 "\n%" PRId64 "\n%" PRId64 "\n%" PRId64,
               g->use, g->oid, g->repo, g->upload, (int)g->kind, g->size, g->chunk, g->part,
               g->expires_at);
    hmac_sha256(mac, key, strlen(key), text.data, text.len);
    (void)hex_encode(out, mac, sizeof(mac));
    buf_finish(&text);
}

void lfs_url_add(struct buf *out, const char *base, const struct lfs_grant *g, const char *key)
{
    char signature[SIGNATURE_SIZE];

    sign(signature, g, key);
    buf_printf(out, "%s/-/lfs/%s", base, g->oid);
    if (g->part > 0)
        buf_printf(out, "/parts/%" PRId64, g->part);
    else if (strcmp(g->use, "parts") == 0)
        buf_add_str(out, "/parts");
    buf_printf(out,
               "?repo=%s&kind=%d&size=%" PRId64 "&chunk=%" PRId64 "&upload=%s&exp=%" PRId64
               "&sig=%s",
               g->repo, (int)g->kind, g->size, g->chunk, g->upload, g->expires_at, signature);
}

/* Copies what fits; false otherwise. */
static bool copy(char *out, size_t size, const char *text)
{
    return text && (size_t)snprintf(out, size, "%s", text) < size;
}

static int64_t number(const struct form *form, const char *name)
{
    return form_number(form, name, INT64_MAX, -1);
}

static bool read_fields(struct lfs_grant *g, const struct lfs_address *address,
                        const struct form *form)
{
    g->part = 0;
    if (address->part && parse_i64(&g->part, address->part, 1, INT32_MAX, "part", NULL) < 0)
        return false;
    g->kind = number(form, "kind") == HOSTED_DATASET ? HOSTED_DATASET : HOSTED_MODEL;
    g->size = number(form, "size");
    g->chunk = number(form, "chunk");
    g->expires_at = number(form, "exp");
    return copy(g->oid, sizeof(g->oid), address->oid) &&
           copy(g->repo, sizeof(g->repo), form_get(form, "repo")) &&
           copy(g->upload, sizeof(g->upload), form_get(form, "upload"));
}

int lfs_url_read(struct lfs_grant *ret, const struct lfs_address *address, const char *use,
                 const char *key, int64_t now)
{
    struct lfs_grant g = { .use = use };
    char signature[SIGNATURE_SIZE];
    struct form form;
    bool is_good = false;

    if (form_parse(&form, address->query, strlen(address->query), MAX_FIELDS, NULL) == 0 &&
        read_fields(&g, address, &form)) {
        const char *sent = form_get(&form, "sig");

        sign(signature, &g, key);
        is_good = sent && strlen(sent) == SIGNATURE_SIZE - 1 &&
                  equal_in_constant_time(sent, signature, SIGNATURE_SIZE - 1) &&
                  g.expires_at > now;
    }
    form_finish(&form);
    if (!is_good)
        return -ERR_DENIED;
    *ret = g;
    return 0;
}
