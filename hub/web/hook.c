/* SPDX-License-Identifier: Apache-2.0
 * POST /hooks/forge: the forge says that something happened.
 *
 * 1. All it can do is make the next cycle come sooner: a file is touched that a unit of systemd
 *    watches. What happened is read from the forge by that cycle, as always, so a delivery that
 *    is missed, late, doubled or forged by someone with the secret changes nothing else.
 * 2. Nothing of a body is looked at but its HMAC. */
#include <string.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/sign.h"
#include "base/text.h"
#include "hub/web/site.h"
#include "store/delivery.h"

enum { DELIVERY_MAX = 64, KEPT_S = 7 * 86400 };

/* GitHub, and Gitea and Forgejo, which send GitHub's names too; with and without a prefix. */
static const struct {
    const char *header, *prefix;
} signatures[] = {
    { "X-Hub-Signature-256", "sha256=" },
    { "X-Forgejo-Signature", "" },
    { "X-Gitea-Signature", "" },
};
static const char *const delivery_headers[] = { "X-GitHub-Delivery", "X-Forgejo-Delivery",
                                                "X-Gitea-Delivery" };
static const char *const event_headers[] = { "X-GitHub-Event", "X-Forgejo-Event",
                                             "X-Gitea-Event" };

static const char *first_header(const struct httpd_request *req, const char *const *names,
                                size_t n)
{
    const char *value = NULL;

    for (size_t i = 0; i < n && !value; i++)
        value = httpd_header(req, names[i]);
    return value;
}

/* The first signature that is there decides. */
static bool is_signed(const struct site *site, const struct httpd_request *req)
{
    const struct buf *body = httpd_body(req);
    uint8_t code[HMAC_SHA256_SIZE];
    char hex[2 * HMAC_SHA256_SIZE + 1];
    const char *given = NULL;
    size_t i = 0;

    for (; i < sizeof(signatures) / sizeof(signatures[0]) && !given; i++)
        given = httpd_header(req, signatures[i].header);
    if (!given || !text_has_prefix(given, signatures[i - 1].prefix))
        return false;
    given += strlen(signatures[i - 1].prefix);
    if (!hex_is(given, sizeof(hex) - 1))
        return false;
    hmac_sha256(code, site->hook_secret, strlen(site->hook_secret), body->data, body->len);
    (void)hex_encode(hex, code, sizeof(code));
    return equal_in_constant_time(hex, given, sizeof(hex) - 1);
}

static bool is_delivery(const char *id)
{
    static const char allowed[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";

    return id && *id && strlen(id) <= DELIVERY_MAX && id[strspn(id, allowed)] == '\0';
}

static int remember(struct site *site, const char *id, enum put_result *ret, struct err *err)
{
    struct db *db = access_lock(site->access);
    int64_t now = access_now(site->access);

    int rc = delivery_put(db, id, now, ret, err);
    if (rc == 0 && *ret == PUT_NEW)
        rc = delivery_expire(db, now - KEPT_S, err);
    access_unlock(site->access);
    return rc;
}

static int answer(struct httpd_request *req, struct httpd_response *res, int status,
                  const char *what)
{
    reply_headers(req, REPLY_PAGE);
    httpd_reply_header(req, "Cache-Control", "no-store");
    res->content_type = "application/json";
    buf_printf(&res->body, "{\"%s\": \"%s\"}\n", status < 300 ? "result" : "error", what);
    return status;
}

int take_hook(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct site *site = ctx;
    const char *id = first_header(req, delivery_headers, 3);
    const char *event = first_header(req, event_headers, 3);
    enum put_result result = PUT_SAME;
    struct err err = { 0 };

    if (!site->hook_secret || !site->hook_secret[0])
        return answer(req, res, 404, "webhooks are not set up here");
    if (!is_signed(site, req))
        return answer(req, res, 401, "the signature is missing or wrong");
    if (!is_delivery(id))
        return answer(req, res, 400, "the delivery has no name");
    int rc = remember(site, id, &result, &err);
    if (rc == 0 && result == PUT_SAME)
        return answer(req, res, 200, "taken before");
    if (rc == 0 && event && strcmp(event, "ping") == 0)
        return answer(req, res, 200, "heard");
    if (rc == 0)
        rc = fs_touch(site->wake_path, &err);
    if (rc < 0) {
        log_event(LOG_ERROR, "hook-failed", "error=\"%s\" next=\"the timer's cycle\"", err.msg);
        return answer(req, res, 500, "it could not be passed on");
    }
    return answer(req, res, 202, "the next cycle comes sooner");
}
