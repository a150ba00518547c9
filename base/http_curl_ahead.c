/* SPDX-License-Identifier: Apache-2.0
 * Requests under way: one that is waited for, and beside it those that were announced, which
 * begin before they are asked for. All share their connections, so that an announced request
 * goes out at once on the one that the last reply came by.
 *
 * 1. An announced request is only ever a read, and nothing is decided by its reply before it is
 *    asked for: it then takes the place of the request itself, whatever became of it.
 * 2. What nobody asks for is dropped with the next announcement, or with the client.
 */
#include "base/http_curl.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

enum { POLL_MS = 1000 };

struct curl_ahead {
    struct curl_exchange x;
    struct http_request req; /* with strings of its own */
    struct http_response res;
    CURL *easy;
    CURLcode code; /* once is_done */
    bool is_done;
};

static char *own(const char *text)
{
    return xstrdup(text);
}

static void request_copy(struct http_request *to, const struct http_request *from)
{
    *to = *from;
    to->method = own(from->method);
    to->url = own(from->url);
    for (size_t i = 0; i < from->n_headers; i++)
        to->headers[i] =
            (struct http_header){ own(from->headers[i].name), own(from->headers[i].value) };
}

static void disown(const char *text)
{
    free((void *)(uintptr_t)text);
}

static void request_finish(struct http_request *req)
{
    disown(req->method);
    disown(req->url);
    for (size_t i = 0; i < req->n_headers; i++) {
        disown(req->headers[i].name);
        disown(req->headers[i].value);
    }
}

static bool is_same(const struct http_request *a, const struct http_request *b)
{
    bool same = strcmp(a->url, b->url) == 0 && strcmp(a->method, b->method) == 0 &&
                a->n_headers == b->n_headers && !b->body && !b->body_file;

    for (size_t i = 0; same && i < a->n_headers; i++)
        same = strcmp(a->headers[i].name, b->headers[i].name) == 0 &&
               strcmp(a->headers[i].value, b->headers[i].value) == 0;
    return same;
}

static void ahead_free(struct curl_client *client, struct curl_ahead *a)
{
    if (a->easy) {
        (void)curl_multi_remove_handle(client->multi, a->easy);
        curl_easy_cleanup(a->easy);
    }
    curl_exchange_finish(&a->x);
    http_response_finish(&a->res);
    request_finish(&a->req);
    free(a);
}

/* NULL, and nothing was begun: the request is then made when it is asked for. */
static struct curl_ahead *ahead_new(struct curl_client *client, const struct http_request *req)
{
    struct curl_ahead *a = xcalloc(1, sizeof(*a));

    request_copy(&a->req, req);
    http_response_init(&a->res);
    buf_init(&a->res.body, req->max_body);
    a->x.req = &a->req;
    a->x.res = &a->res;
    a->easy = curl_easy_init();
    /* With TLS the handshake tells whether one connection may carry them all (HTTP/2); without
     * it, it would take a whole reply to know. */
    if (a->easy && http_url_parse(&a->x.url, a->req.url, NULL) == 0 &&
        curl_exchange_set(client, &a->x, a->easy, NULL) == 0 &&
        curl_easy_setopt(a->easy, CURLOPT_PIPEWAIT, a->x.url.is_tls ? 1L : 0L) == CURLE_OK &&
        curl_multi_add_handle(client->multi, a->easy) == CURLM_OK)
        return a;
    ahead_free(client, a);
    return NULL;
}

static struct curl_ahead **find(struct curl_client *client, const struct http_request *req)
{
    for (size_t i = 0; i < HTTP_MAX_AHEAD; i++)
        if (client->ahead[i] && is_same(&client->ahead[i]->req, req))
            return &client->ahead[i];
    return NULL;
}

static void note_end(struct curl_client *client, const CURLMsg *msg)
{
    if (msg->easy_handle == client->easy) {
        client->code = msg->data.result;
        client->is_waited_for = false;
    }
    for (size_t i = 0; i < HTTP_MAX_AHEAD; i++) {
        struct curl_ahead *a = client->ahead[i];
        if (a && a->easy == msg->easy_handle) {
            a->is_done = true;
            a->code = msg->data.result;
        }
    }
}

/* Moves all that are under way, without waiting. */
static void drive(struct curl_client *client)
{
    int n_running = 0, n_left = 0;
    const CURLMsg *msg;

    (void)curl_multi_perform(client->multi, &n_running);
    while ((msg = curl_multi_info_read(client->multi, &n_left)))
        if (msg->msg == CURLMSG_DONE)
            note_end(client, msg);
}

/* Moves them on when there is something to do. */
static void wait_and_drive(struct curl_client *client)
{
    (void)curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
    drive(client);
}

CURLcode curl_run(struct curl_client *client)
{
    if (curl_multi_add_handle(client->multi, client->easy) != CURLM_OK)
        return CURLE_FAILED_INIT;
    client->is_waited_for = true;
    for (drive(client); client->is_waited_for;)
        wait_and_drive(client);
    (void)curl_multi_remove_handle(client->multi, client->easy);
    return client->code;
}

static bool is_announced(const struct curl_ahead *a, const struct http_request *reqs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_same(&a->req, &reqs[i]))
            return true;
    return false;
}

void curl_ahead_announce(struct curl_client *client, const struct http_request *reqs, size_t n)
{
    for (size_t i = 0; i < HTTP_MAX_AHEAD; i++)
        if (client->ahead[i] && !is_announced(client->ahead[i], reqs, n)) {
            ahead_free(client, client->ahead[i]);
            client->ahead[i] = NULL;
        }
    for (size_t i = 0, slot = 0; i < n; i++) {
        if (find(client, &reqs[i]) || http_request_check(&reqs[i], NULL) < 0)
            continue;
        while (slot < HTTP_MAX_AHEAD && client->ahead[slot])
            slot++;
        if (slot < HTTP_MAX_AHEAD)
            client->ahead[slot] = ahead_new(client, &reqs[i]);
    }
    drive(client);
}

bool curl_ahead_take(struct curl_client *client, const struct http_request *req,
                     struct http_response *res, int *ret, struct err *err)
{
    struct curl_ahead **place = find(client, req), *a = place ? *place : NULL;

    if (!a)
        return false;
    for (drive(client); !a->is_done;)
        wait_and_drive(client);
    *place = NULL;
    *ret = curl_exchange_end(&a->x, a->easy, a->code, err);
    if (*ret == 0) {
        http_response_finish(res);
        *res = a->res;
        http_response_init(&a->res);
    }
    ahead_free(client, a);
    return true;
}

void curl_ahead_finish(struct curl_client *client)
{
    for (size_t i = 0; i < HTTP_MAX_AHEAD; i++)
        if (client->ahead[i])
            ahead_free(client, client->ahead[i]);
}
