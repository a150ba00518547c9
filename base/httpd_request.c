/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_request.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/httpd_reply.h"
#include "base/parse.h"
#include "base/text.h"

enum { REPLY_HEADER_MAX_BYTES = 16384 };

static void peer_set(struct httpd_request *req)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    if (!info || !info->client_addr)
        return;

    const struct sockaddr *address = info->client_addr;
    const void *number = NULL;
    if (address->sa_family == AF_INET)
        number = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        number = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (number)
        (void)inet_ntop(address->sa_family, number, req->peer, sizeof(req->peer));
}

/* The last address was added by the proxy itself; those before it anybody may have sent. */
void httpd_request_forwarded(struct httpd_request *req, const char *trusted_peer)
{
    unsigned char address[sizeof(struct in6_addr)];
    const char *list = httpd_header(req, "X-Forwarded-For");

    if (!trusted_peer || strcmp(req->peer, trusted_peer) != 0)
        return;
    req->is_forwarded = true;
    if (!list)
        return;
    const char *comma = strrchr(list, ',');
    const char *last = comma ? comma + 1 : list;
    last += strspn(last, " ");
    if (inet_pton(AF_INET, last, address) == 1 || inet_pton(AF_INET6, last, address) == 1)
        (void)snprintf(req->peer, sizeof(req->peer), "%s", last);
}

static int64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t httpd_age_us(const struct httpd_request *req)
{
    return now_us() - req->began_us;
}

/* A server must understand "GET http://host/path" too (RFC 9112 3.2.2). */
static char *skip_origin(char *target)
{
    char *authority = strstr(target, "://");

    if (target[0] == '/' || !authority)
        return target;
    return authority + 3 + strcspn(authority + 3, "/?");
}

struct httpd_request *httpd_request_new(struct MHD_Connection *connection, const char *target)
{
    struct httpd_request *req = xcalloc(1, sizeof(*req));

    req->connection = connection;
    req->began_us = now_us();
    req->target = xstrdup(target);
    req->path = skip_origin(req->target);

    char *mark = strchr(req->path, '?');
    if (mark)
        *mark = '\0';
    req->query = mark ? mark + 1 : req->path + strlen(req->path);
    buf_init(&req->body, 0);
    httpd_response_init(&req->early);
    httpd_response_init(&req->reply);
    peer_set(req);
    return req;
}

/* The output of SplitMix64 (Steele, Lea, Flood 2014), which repeats nothing in 2^64 steps. */
void httpd_request_set_id(struct httpd_request *req, uint64_t key, uint64_t n)
{
    uint64_t z = key + n * 0x9e3779b97f4a7c15u;
    uint8_t bytes[sizeof(z)];

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    memcpy(bytes, &z, sizeof(bytes));
    (void)hex_encode(req->id, bytes, sizeof(bytes));
}

void httpd_request_free(struct httpd_request *req)
{
    if (!req)
        return;
    for (size_t i = 0; i < req->n_reply_headers; i++) {
        free(req->reply_headers[i].name);
        free(req->reply_headers[i].value);
    }
    if (req->end_state)
        req->end_state(req->state);
    httpd_match_finish(&req->match);
    httpd_response_finish(&req->early);
    httpd_response_finish(&req->reply);
    free(req->user);
    buf_finish(&req->body);
    free(req->target);
    free(req);
}

void httpd_request_report(const struct httpd_request *req, bool is_whole,
                          void (*on_done)(const struct httpd_done *done, void *ctx), void *ctx)
{
    const struct httpd_route *route = req->match.route;
    const struct httpd_done done = {
        .method = req->method ? req->method : "-",
        .path = req->path,
        .query = req->query,
        .peer = req->peer,
        .pattern = route ? route->pattern : NULL,
        .user = req->user,
        .referer = httpd_header(req, MHD_HTTP_HEADER_REFERER),
        .agent = httpd_header(req, MHD_HTTP_HEADER_USER_AGENT),
        .version = req->version ? req->version : "-",
        .at = (int64_t)time(NULL),
        .status = req->sent_status,
        .bytes = req->sent_bytes,
        .took_us = httpd_age_us(req),
        .is_whole = is_whole,
    };

    on_done(&done, ctx);
}

const char *httpd_method(const struct httpd_request *req)
{
    return req->method;
}

const char *httpd_path(const struct httpd_request *req)
{
    return req->path;
}

const char *httpd_query(const struct httpd_request *req)
{
    return req->query;
}

const char *httpd_param(const struct httpd_request *req, const char *name)
{
    return httpd_match_param(&req->match, name);
}

const char *httpd_header(const struct httpd_request *req, const char *name)
{
    return MHD_lookup_connection_value(req->connection, MHD_HEADER_KIND, name);
}

const char *httpd_peer(const struct httpd_request *req)
{
    return req->peer;
}

const struct buf *httpd_body(const struct httpd_request *req)
{
    return &req->body;
}

bool httpd_is_forwarded(const struct httpd_request *req)
{
    return req->is_forwarded;
}

bool httpd_may_block(const struct httpd_request *req)
{
    return req->may_block;
}

void httpd_remember(struct httpd_request *req, int64_t for_ms)
{
    req->memo_ms = for_ms;
}

void httpd_set_user(struct httpd_request *req, const char *user)
{
    free(req->user);
    req->user = xstrdup(user);
}

void httpd_set_state(struct httpd_request *req, void *state, void (*end_state)(void *state))
{
    req->state = state;
    req->end_state = end_state;
}

void *httpd_state(const struct httpd_request *req)
{
    return req->state;
}

int64_t httpd_content_length(const struct httpd_request *req)
{
    const char *declared = httpd_header(req, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t len;

    if (!declared || parse_i64(&len, declared, 0, INT64_MAX, "Content-Length", NULL) < 0)
        return -1;
    return len;
}

/* Decodes one name or value of a query in place: "a+b%20c" is "a b c". */
static bool query_decode(char *s)
{
    for (char *c = s; *c; c++)
        if (*c == '+')
            *c = ' ';
    return text_url_decode(s);
}

char *httpd_query_arg(const struct httpd_request *req, const char *name)
{
    const char *end;

    for (const char *arg = req->query; *arg; arg = *end ? end + 1 : end) {
        end = arg + strcspn(arg, "&");

        const char *equals = memchr(arg, '=', (size_t)(end - arg));
        char *key = xstrndup(arg, (size_t)((equals ? equals : end) - arg));
        bool is_wanted = query_decode(key) && strcmp(key, name) == 0;
        free(key);
        if (!is_wanted)
            continue;

        const char *from = equals ? equals + 1 : end;
        char *value = xstrndup(from, (size_t)(end - from));
        if (query_decode(value))
            return value;
        free(value);
        return NULL;
    }
    return NULL;
}

void httpd_reply_header(struct httpd_request *req, const char *name, const char *fmt, ...)
{
    struct buf value;
    va_list args;

    if (req->n_reply_headers == HTTPD_MAX_REPLY_HEADERS)
        return;
    buf_init(&value, REPLY_HEADER_MAX_BYTES);
    va_start(args, fmt);
    buf_vprintf(&value, fmt, args);
    va_end(args);
    if (value.overflow || strpbrk(value.data, "\r\n")) {
        buf_finish(&value);
        return;
    }
    req->reply_headers[req->n_reply_headers].name = xstrdup(name);
    req->reply_headers[req->n_reply_headers].value = buf_take(&value);
    req->n_reply_headers++;
}
