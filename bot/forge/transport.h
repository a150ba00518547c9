/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/transport.h
 * transport: one request to the configured origin, with all the manners a forge expects.
 * Headers, validators, retries, rate limits, redirects, deadlines and the pace of writes are
 * here; what a path or a body means is not. The token goes to the configured origin (and the
 * upload origin) only, whatever a Link, a redirect or an upload URL says. Plain http is refused
 * except on loopback. */
#ifndef BOT_FORGE_TRANSPORT_H
#define BOT_FORGE_TRANSPORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "bot/forge/pace.h"

struct app;
struct http_client;
struct transport;

enum { TRANSPORT_MAX_BODY = 16 << 20 }; /* bytes of a reply */

enum transport_place {
    PLACE_BASE,   /* path is below the API base: "/repos/..." */
    PLACE_ORIGIN, /* path is a link's path and query, from the origin's root */
    PLACE_UPLOAD, /* path is below the upload base */
    PLACE_ABROAD, /* path is an absolute URL: to read, with no token and no validator */
};

enum transport_effect {
    EFFECT_READ,       /* tried again after failures; redirects are followed */
    EFFECT_READ_LAX,   /* the same, and another origin may answer, which sees no token */
    EFFECT_IDEMPOTENT, /* a write that may be sent again */
    EFFECT_ONCE,       /* a write that may not: after a lost reply, look first */
};

struct transport_request {
    const char *method;
    enum transport_place place;
    const char *path;
    enum transport_effect effect;
    bool is_conditional;      /* GET: send the validator that transport_keep stored */
    bool goes_on;             /* GET: the next page will be asked for, and nothing before it */
    bool is_content;          /* counts against the pace of content writes */
    const char *accept;       /* NULL: the dialect's JSON; else the reply is not parsed */
    const char *proof;        /* an App's own, sent instead of the token */
    const char *content_type; /* of body or body_file; NULL: JSON */
    const void *body;
    size_t body_len;
    const char *body_file;  /* streamed instead of body */
    const char *form_field; /* body_file goes as the file of a form, under this name */
    const char *form_name;  /* and that is how the file is called there */
};

struct transport_reply {
    int status;                 /* 2xx or 304 */
    bool is_unchanged;          /* 304 */
    bool was_redirected;        /* somebody else's path answered */
    json_t *doc;                /* owned; NULL when there is no JSON body */
    struct buf body;            /* raw replies only */
    struct buf next;            /* path and query of rel=next, "" at the end; checked */
    int64_t total;              /* X-Total-Count; -1 without it */
    int64_t server_at;          /* the reply's Date, our idea of it when there is none */
    char *etag, *last_modified; /* for transport_keep */
};

struct transport_options {
    const char *url;            /* API base */
    const char *upload_url;     /* upload base; "": unknown, PLACE_UPLOAD may not be used */
    const char *accept;         /* media type of JSON replies */
    const char *const *headers; /* more for each request: name, value, ..., NULL */
    bool ignores_links;         /* the caller counts pages: a Link is not even read */
    const char *scheme;         /* of the header Authorization; NULL: "Bearer" */
    const char *token;          /* NULL: none, or an App's */
    struct app *app;            /* borrowed: gets and renews the token; NULL */
    struct http_client *http;   /* borrowed */
    struct pace_options pace;   /* its db keeps the validators too */
    int timeout_ms;             /* of one exchange; 0: the client's */
};

/* -ERR_CONFIG for a URL that is none, or plain http outside loopback. */
int transport_new(struct transport **ret, const struct transport_options *options,
                  struct err *err);
void transport_free(struct transport *t); /* NULL is fine */

/* 0 for 2xx and 304. -ERR_AUTH 401; -ERR_DENIED 403, 423, 451; -ERR_NOTFOUND 404; -ERR_MOVED
 * 410 and redirects that are not followed; -ERR_CONFLICT 409, 412; -ERR_EXISTS 422
 * already_exists; -ERR_REFUSED other 4xx; -ERR_FORGE for what makes no sense; -ERR_LIMIT for a
 * body over the limit; -ERR_BUDGET. EFFECT_ONCE: -ERR_NET and -ERR_TIMEOUT also stand for 5xx:
 * it may have happened. */
int transport_send(struct transport *t, const struct transport_request *req,
                   struct transport_reply *reply, struct err *err);
/* A hint that these reads (n <= HTTP_MAX_AHEAD) will be sent next: they may begin together.
 * What each costs is counted when it is sent. */
void transport_announce(struct transport *t, const struct transport_request *reqs, size_t n);
/* The same for the page behind a reply, if its request goes on. transport_send does it before
 * it parses where Links are read. */
void transport_announce_next(struct transport *t, const struct transport_request *req,
                             const struct transport_reply *reply);
void transport_reply_finish(struct transport_reply *reply);

/* After the rows that a reply stands for are committed: the next conditional request of the
 * same path carries its validator. Nothing to do for replies without one. */
int transport_keep(struct transport *t, const struct transport_request *req,
                   const struct transport_reply *reply, struct err *err);

/* From now on it is this one. An App's, whose validators stay those of the App. */
void transport_set_token(struct transport *t, const char *token);
/* The token to hand to the fetch worker, good for some minutes at least; borrowed. */
int transport_token(struct transport *t, const char **ret, struct err *err);

int64_t transport_now(const struct transport *t); /* the forge's time */
/* Of a classic GitHub token: "repo, workflow". NULL before a reply, and where none tells. */
const char *transport_scopes(const struct transport *t);

struct transport_counts {
    int64_t requests, conditional, unchanged, writes, retries;
    int64_t wire_bytes;
};
struct transport_counts transport_counts(const struct transport *t);

#endif
