/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/faults.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/parse.h"
#include "practice/call.h"
#include "practice/rate.h"

enum { NAME_MAX_BYTES = 32, STREAM = 0x70 };

static const char *const names[N_FAULTS] = {
    [FAULT_NONE] = "none",
    [FAULT_500] = "500",
    [FAULT_502_HTML] = "502-html",
    [FAULT_403] = "403",
    [FAULT_403_RETRY_AFTER] = "403-retry-after",
    [FAULT_429] = "429",
    [FAULT_429_RETRY_AFTER] = "429-retry-after",
    [FAULT_TRUNCATE] = "truncate",
    [FAULT_SLOW] = "slow",
    [FAULT_DROP] = "drop",
    [FAULT_DROP_AFTER_WRITE] = "drop-after-write",
    [FAULT_301] = "301",
    [FAULT_NULL_LISTS] = "null-lists",
};

/* The faults that are a reply of their own. */
static const struct {
    int status;
    bool has_retry_after, is_spent, is_html;
    const char *body;
} answers[N_FAULTS] = {
    [FAULT_500] = { 500, .body = "{\"message\":\"Server Error\"}" },
    [FAULT_502_HTML] = { 502, .is_html = true,
                         .body = "<html><body><h1>502 Bad Gateway</h1></body></html>" },
    [FAULT_403] = { 403, .body = "{\"message\":\"Resource not accessible by personal access "
                                 "token\",\"status\":\"403\"}" },
    [FAULT_403_RETRY_AFTER] = { 403, .has_retry_after = true,
                                .body = "{\"message\":\"You have exceeded a secondary rate "
                                        "limit. Please wait a few minutes before you try "
                                        "again.\",\"status\":\"403\"}" },
    [FAULT_429] = { 429, .is_spent = true,
                    .body = "{\"message\":\"API rate limit exceeded\",\"status\":\"429\"}" },
    [FAULT_429_RETRY_AFTER] = { 429, .has_retry_after = true,
                                .body = "{\"message\":\"Too many requests\","
                                        "\"status\":\"429\"}" },
};

void faults_init(struct faults *f, uint64_t seed)
{
    *f = (struct faults){ 0 };
    rng_init(&f->rng, seed, STREAM);
}

static int no_such_fault(const char *text, struct err *err)
{
    struct buf known;

    buf_init(&known, 1024);
    for (int i = 0; i < N_FAULTS; i++)
        buf_printf(&known, "%s%s", i == 0 ? "" : ", ", names[i]);
    int rc = err_set(err, ERR_USAGE, "no such fault: '%.*s'; there are: %s", NAME_MAX_BYTES,
                     text, known.data);
    buf_finish(&known);
    return rc;
}

int faults_set(struct faults *f, const char *text, struct err *err)
{
    size_t len = strcspn(text, "=");
    double p = 1;

    if (text[len] == '=' && parse_f64(&p, text + len + 1, 0, 1, "fault probability", err) < 0)
        return err_wrap(err, -ERR_USAGE, "%s", text);
    for (int i = 0; i < N_FAULTS; i++) {
        if (strlen(names[i]) != len || strncmp(names[i], text, len) != 0)
            continue;
        if (i == FAULT_NONE)
            memset(f->p, 0, sizeof(f->p));
        else
            f->p[i] = p;
        return 0;
    }
    return no_such_fault(text, err);
}

json_t *faults_show(const struct faults *f)
{
    json_t *out = json_object();

    for (int i = 1; i < N_FAULTS; i++) {
        if (f->p[i] > 0)
            row_set(out, names[i], json_real(f->p[i]));
    }
    return out;
}

enum fault faults_named(const char *name)
{
    for (int i = 0; i < N_FAULTS; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum fault)i;
    }
    return FAULT_NONE;
}

enum fault faults_draw(struct faults *f)
{
    enum fault hit = FAULT_NONE;

    for (int i = N_FAULTS - 1; i > 0; i--) {
        if (rng_uniform(&f->rng) < f->p[i])
            hit = (enum fault)i;
    }
    return hit;
}

bool faults_answer(enum fault fault, int64_t now, struct reply *reply)
{
    if (fault == FAULT_DROP) {
        reply->status = 0;
        return true;
    }
    if (!answers[fault].body)
        return false;
    reply->status = answers[fault].status;
    reply->content_type = answers[fault].is_html ? "text/html" : "application/json";
    buf_add_str(&reply->body, answers[fault].body);
    if (answers[fault].has_retry_after)
        reply_header(reply, "Retry-After", "%d", FAULT_RETRY_AFTER_S);
    if (answers[fault].is_spent) {
        reply_header(reply, "X-RateLimit-Limit", "%d", RATE_LIMIT_SIGNED_IN);
        reply_header(reply, "X-RateLimit-Remaining", "0");
        reply_header(reply, "X-RateLimit-Reset", "%" PRId64, now + FAULT_RETRY_AFTER_S);
    }
    return true;
}

void faults_spoil(enum fault fault, const char *method, struct reply *reply)
{
    if (fault == FAULT_TRUNCATE && reply->body.len > 1)
        reply->cut_after = (int64_t)(reply->body.len / 2);
    if (fault == FAULT_DROP_AFTER_WRITE && strcmp(method, "GET") != 0)
        reply->status = 0;
    if (fault == FAULT_NULL_LISTS && strcmp(reply->body.data, "[]") == 0) {
        buf_clear(&reply->body);
        buf_add_str(&reply->body, "null");
    }
}
