/* SPDX-License-Identifier: Apache-2.0
 *
 * 1. A request that writes is sent once. curl repeats a request by itself when a connection it
 *    kept open turns out dead, whatever the method: so writes get a fresh connection.
 * 2. Nothing of a reply is kept past its limit: headers by count and size, the body, unpacked,
 *    by the request's max_body.
 * 3. The easy handle is reset for each request: no header, body or option leaks into the next,
 *    while open connections, DNS and TLS sessions stay, in the multi handle.
 */
#include "base/http_curl.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

enum {
    DEFAULT_CONNECT_TIMEOUT_MS = 10000,
    DEFAULT_TIMEOUT_MS = 60000,
    DEFAULT_LOW_SPEED_S = 30,
    MAX_CONNECTIONS = 8,
    MAX_HEADER_BYTES = 65536, /* all headers of a reply together */
};

static bool is_reading(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void headers_clear(struct http_response *res)
{
    for (size_t i = 0; i < res->n_headers; i++) {
        free(res->headers[i].name);
        free(res->headers[i].value);
    }
    res->n_headers = 0;
}

/* "Name:  value \r\n", len bytes of it. */
static void header_keep(struct http_response *res, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);

    if (!colon || colon == line || strchr(" \t", line[0]) || res->n_headers == HTTP_MAX_HEADERS)
        return;

    const char *end = line + len;
    const char *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && strchr(" \t\r\n", end[-1]))
        end--;

    char *name = xstrndup(line, (size_t)(colon - line));
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    res->headers[res->n_headers].name = name;
    res->headers[res->n_headers].value = xstrndup(value, (size_t)(end - value));
    res->n_headers++;
}

static size_t on_header(char *line, size_t size, size_t n, void *cls)
{
    struct curl_exchange *x = cls;
    size_t len = size * n;

    /* A status line begins a reply: what a 100 or 103 said before is not the answer. */
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        headers_clear(x->res);
    x->header_bytes += len;
    if (x->header_bytes > MAX_HEADER_BYTES) {
        x->are_headers_too_large = true;
        return 0;
    }
    header_keep(x->res, line, len);
    return len;
}

static size_t on_body(char *data, size_t size, size_t n, void *cls)
{
    struct curl_exchange *x = cls;

    buf_add(&x->res->body, data, size * n);
    return x->res->body.overflow ? 0 : size * n;
}

static void set_transport(const struct curl_client *client, struct curl_exchange *x, CURL *easy)
{
    const struct http_request *req = x->req;
    const int timeout_ms = req->timeout_ms > 0 ? req->timeout_ms : client->timeout_ms;

    (void)curl_easy_setopt(easy, CURLOPT_URL, req->url);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_reading(req->method) ? 0L : 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)client->connect_timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)client->low_speed_s);
    if (client->user_agent)
        (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agent);
    if (client->ca_file)
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
    if (x->url.is_loopback)
        (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (!curl_is_named(req, "Accept-Encoding"))
        (void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->text);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
}

/* What went wrong, in words: never the query or a header, which may hold secrets. */
static int explain(const struct curl_exchange *x, CURLcode code, struct err *err)
{
    static const struct {
        CURLcode code;
        enum err_code err;
        const char *prefix;
    } known[] = {
        { CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT, "timed out: " },
        { CURLE_PEER_FAILED_VERIFICATION, ERR_CONFIG, "its certificate is not trusted: " },
        { CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, "the file of trusted certificates: " },
        { CURLE_COULDNT_RESOLVE_HOST, ERR_NET, "host not found: " },
        { CURLE_COULDNT_CONNECT, ERR_NET, "no connection: " },
        { CURLE_PARTIAL_FILE, ERR_NET, "the reply broke off: " },
        { CURLE_GOT_NOTHING, ERR_NET, "no reply: " },
        { CURLE_OUT_OF_MEMORY, ERR_NOMEM, "" },
    };
    const char *path = x->url.path;
    const int path_len = (int)strcspn(path, "?");
    const char *why = x->text[0] ? x->text : curl_easy_strerror(code);
    size_t row = 0;

    if (x->res->body.overflow)
        return err_set(err, ERR_LIMIT, "%s %s%.*s: reply larger than %zu bytes", x->req->method,
                       x->url.origin, path_len, path, x->req->max_body);
    if (x->are_headers_too_large)
        return err_set(err, ERR_LIMIT, "%s %s%.*s: reply headers larger than %d bytes",
                       x->req->method, x->url.origin, path_len, path, MAX_HEADER_BYTES);
    if (x->has_read_failed)
        return err_set(err, ERR_IO, "cannot read '%s'", x->req->body_file);

    const size_t n = sizeof(known) / sizeof(known[0]);
    while (row < n && known[row].code != code)
        row++;
    return err_set(err, row < n ? known[row].err : ERR_NET, "%s %s%.*s: %s%s", x->req->method,
                   x->url.origin, path_len, path, row < n ? known[row].prefix : "", why);
}

int curl_exchange_set(const struct curl_client *client, struct curl_exchange *x, CURL *easy,
                      struct err *err)
{
    set_transport(client, x, easy);
    int rc = curl_set_headers(x, easy, err);
    return rc < 0 ? rc : curl_set_body(x, easy, err);
}

int curl_exchange_end(struct curl_exchange *x, CURL *easy, CURLcode code, struct err *err)
{
    curl_off_t body_bytes = 0;
    long header_bytes = 0, status = 0;

    if (code != CURLE_OK)
        return explain(x, code, err);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
    (void)curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header_bytes);
    x->res->status = (int)status;
    x->res->wire_bytes = (int64_t)body_bytes + header_bytes;
    return 0;
}

static int exchange_run(struct curl_client *client, struct curl_exchange *x, struct err *err)
{
    curl_easy_reset(client->easy);
    int rc = curl_exchange_set(client, x, client->easy, err);
    return rc < 0 ? rc : curl_exchange_end(x, client->easy, curl_run(client), err);
}

static int curl_client_perform(struct http_client *base, const struct http_request *req,
                               struct http_response *res, struct err *err)
{
    struct curl_client *client = (struct curl_client *)base;
    struct http_response got;
    struct curl_exchange x = { .req = req, .res = &got };

    int rc = http_request_check(req, err);
    if (rc == 0)
        rc = http_url_parse(&x.url, req->url, err);
    if (rc < 0 || curl_ahead_take(client, req, res, &rc, err))
        return rc;

    http_response_init(&got);
    buf_init(&got.body, req->max_body);
    rc = exchange_run(client, &x, err);
    curl_easy_reset(client->easy); /* drops its pointers into this frame */
    curl_exchange_finish(&x);
    if (rc < 0) {
        http_response_finish(&got);
        return rc;
    }
    http_response_finish(res);
    *res = got;
    return 0;
}

static void curl_client_announce(struct http_client *base, const struct http_request *reqs,
                                 size_t n)
{
    curl_ahead_announce((struct curl_client *)base, reqs, n);
}

static void curl_client_destroy(struct http_client *base)
{
    struct curl_client *client = (struct curl_client *)base;

    curl_ahead_finish(client);
    curl_easy_cleanup(client->easy);
    (void)curl_multi_cleanup(client->multi);
    curl_global_cleanup();
    free(client->user_agent);
    free(client->ca_file);
    free(client);
}

int http_curl_new(struct http_client **ret, const struct http_curl_options *options,
                  struct err *err)
{
    /* Counted by libcurl, and safe among threads since 7.84. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_NOMEM, "libcurl did not start");
    CURL *easy = curl_easy_init();
    CURLM *multi = curl_multi_init();
    if (!easy || !multi) {
        curl_easy_cleanup(easy);
        (void)curl_multi_cleanup(multi);
        curl_global_cleanup();
        return err_set(err, ERR_NOMEM, "libcurl gave no handle");
    }

    struct curl_client *client = xcalloc(1, sizeof(*client));
    client->base.perform = curl_client_perform;
    client->base.announce = curl_client_announce;
    client->base.destroy = curl_client_destroy;
    client->easy = easy;
    client->multi = multi;
    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)MAX_CONNECTIONS);
    client->user_agent = options->user_agent ? xstrdup(options->user_agent) : NULL;
    client->ca_file = options->ca_file ? xstrdup(options->ca_file) : NULL;
    client->connect_timeout_ms = options->connect_timeout_ms > 0 ? options->connect_timeout_ms
                                                                 : DEFAULT_CONNECT_TIMEOUT_MS;
    client->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : DEFAULT_TIMEOUT_MS;
    client->low_speed_s = options->low_speed_s > 0 ? options->low_speed_s : DEFAULT_LOW_SPEED_S;
    *ret = &client->base;
    return 0;
}
