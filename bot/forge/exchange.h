/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/exchange.h
 * exchange: one request under way, through all its tries; the inside of transport.
 * Sends, learns the forge's time and quota from each reply, and knows where redirects may lead.
 * What a status means is transport.c's. */
#ifndef BOT_FORGE_EXCHANGE_H
#define BOT_FORGE_EXCHANGE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/http.h"
#include "bot/forge/pace.h"
#include "bot/forge/transport.h"

struct transport {
    struct http_client *http;
    struct pace pace;
    struct db *db;
    const struct clock *clock;
    struct http_url base; /* origin, and the path of the API base without '/' at its end */
    char *upload;         /* upload base */
    char *accept;
    char *scheme, *token; /* "Bearer"; token is NULL before an App has one */
    char *authorization;  /* of both */
    struct app *app;      /* NULL: the token is one for good */
    const char *const *headers;
    char token_id[SHA256_HEX_SIZE]; /* digest of origin and token, or of origin and App */
    bool ignores_links;
    int timeout_ms;
    int64_t ahead_s; /* the forge's clock minus ours */
    char *scopes;    /* of a classic token, as the forge tells them; NULL */
    struct transport_counts counts;
};

struct exchange {
    struct transport *t;
    const struct transport_request *req;
    struct http_response res;
    char *url;             /* where to, now */
    char *target;          /* path and query that the validator belongs to */
    char *proof;           /* header value of a proof, or NULL */
    char *etag, *modified; /* the validator that was sent, or NULL */
    int64_t validated_at;
    bool is_foreign;
    bool is_named; /* the last try's error says what was asked for */
    int n_tries, n_refusals, n_redirects;
};

int exchange_init(struct exchange *x, struct transport *t, const struct transport_request *req,
                  struct err *err);
void exchange_finish(struct exchange *x);

bool exchange_is_read(const struct exchange *x);

/* One try: deadline, quota and pace first, then x->res has the reply. */
int exchange_try(struct exchange *x, struct err *err);

/* After a redirect: sets where the next try goes, or says why it may not. */
int exchange_follow(struct exchange *x, struct err *err);

#endif
