/* SPDX-License-Identifier: Apache-2.0
 * base/http_curl.h
 * http_curl: one request under way through libcurl; the inside of base/http_curl*.c. */
#ifndef BASE_HTTP_CURL_H
#define BASE_HTTP_CURL_H
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/http.h"

struct curl_ahead; /* a request that was announced */

struct curl_client {
    struct http_client base;
    CURLM *multi; /* the connections, and what is under way on them */
    CURL *easy;   /* the request that is waited for, while is_waited_for */
    CURLcode code;
    bool is_waited_for;
    struct curl_ahead *ahead[HTTP_MAX_AHEAD];
    char *user_agent, *ca_file;
    int connect_timeout_ms, timeout_ms, low_speed_s;
};

struct curl_exchange {
    const struct http_request *req;
    struct http_url url;
    struct http_response *res;
    struct curl_slist *headers;
    FILE *upload;
    curl_mime *form;
    size_t header_bytes;
    bool are_headers_too_large, has_read_failed;
    char text[CURL_ERROR_SIZE]; /* curl's own words */
};

bool curl_is_named(const struct http_request *req, const char *name); /* a header */
int curl_set_headers(struct curl_exchange *x, CURL *easy, struct err *err);
/* Method and body: text, a file, or a form with one file. */
int curl_set_body(struct curl_exchange *x, CURL *easy, struct err *err);
int curl_exchange_set(const struct curl_client *client, struct curl_exchange *x, CURL *easy,
                      struct err *err); /* everything of the request; url is parsed */
/* After it ran: what came, or why not. */
int curl_exchange_end(struct curl_exchange *x, CURL *easy, CURLcode code, struct err *err);
void curl_exchange_finish(struct curl_exchange *x); /* not url, req and res */

/* Runs easy to its end; those that were announced move on meanwhile. */
CURLcode curl_run(struct curl_client *client);

void curl_ahead_announce(struct curl_client *client, const struct http_request *reqs, size_t n);
/* False: nobody announced it. Otherwise waits for it; *ret is what perform returns. */
bool curl_ahead_take(struct curl_client *client, const struct http_request *req,
                     struct http_response *res, int *ret, struct err *err);
void curl_ahead_finish(struct curl_client *client);

#endif
