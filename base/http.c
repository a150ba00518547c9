/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/parse.h"

enum { HOST_MAX_BYTES = 253 };

static const char HOST_CHARS[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";

void http_client_free(struct http_client *client)
{
    if (client)
        client->destroy(client);
}

void http_request_init(struct http_request *req, const char *method, const char *url)
{
    memset(req, 0, sizeof(*req));
    req->method = method;
    req->url = url;
    req->max_body = HTTP_DEFAULT_MAX_BODY;
}

void http_request_header(struct http_request *req, const char *name, const char *value)
{
    if (req->n_headers < HTTP_MAX_HEADERS)
        req->headers[req->n_headers] = (struct http_header){ name, value };
    req->n_headers++;
}

/* A token of RFC 9110 5.6.2: header names and methods. */
static bool is_token(const char *s)
{
    static const char chars[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *s && s[strspn(s, chars)] == '\0';
}

static bool is_header_value(const char *s)
{
    for (; *s; s++)
        if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
            return false;
    return true;
}

int http_request_check(const struct http_request *req, struct err *err)
{
    struct http_url url;

    if (!is_token(req->method))
        return err_set(err, ERR_PARSE, "not an HTTP method: '%s'", req->method);
    if (req->n_headers > HTTP_MAX_HEADERS)
        return err_set(err, ERR_LIMIT, "more than %d request headers", HTTP_MAX_HEADERS);
    for (size_t i = 0; i < req->n_headers; i++) {
        if (!is_token(req->headers[i].name))
            return err_set(err, ERR_PARSE, "not a header name: '%s'", req->headers[i].name);
        /* The value may be a secret: the message names the header only. */
        if (!is_header_value(req->headers[i].value))
            return err_set(err, ERR_PARSE, "header %s: control character in its value",
                           req->headers[i].name);
    }
    return http_url_parse(&url, req->url, err);
}

void http_response_init(struct http_response *res)
{
    memset(res, 0, sizeof(*res));
    buf_init(&res->body, 0);
}

void http_response_finish(struct http_response *res)
{
    if (!res)
        return;
    for (size_t i = 0; i < res->n_headers; i++) {
        free(res->headers[i].name);
        free(res->headers[i].value);
    }
    buf_finish(&res->body);
    http_response_init(res);
}

const char *http_response_header(const struct http_response *res, const char *name)
{
    for (size_t i = 0; i < res->n_headers; i++)
        if (strcmp(res->headers[i].name, name) == 0)
            return res->headers[i].value;
    return NULL;
}

static bool is_host_loopback(const char *host)
{
    struct in_addr address;

    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static bool is_host_valid(const char *host)
{
    char inside[INET6_ADDRSTRLEN];
    struct in6_addr address;
    size_t len = strlen(host);

    if (host[0] != '[')
        return len > 0 && host[strspn(host, HOST_CHARS)] == '\0';
    if (len < 4 || len - 2 >= sizeof(inside) || host[len - 1] != ']')
        return false;
    memcpy(inside, host + 1, len - 2);
    inside[len - 2] = '\0';
    return inet_pton(AF_INET6, inside, &address) == 1;
}

/* "host", "host:port" or "[address]:port", all len bytes of it. */
static int authority_parse(struct http_url *url, const char *text, size_t len, struct err *err)
{
    const char *colon = memrchr(text, ':', len);
    char port_text[8] = "";
    int64_t port = url->is_tls ? 443 : 80;

    if (colon && memchr(colon, ']', len - (size_t)(colon - text)))
        colon = NULL; /* inside an IPv6 address */
    size_t host_len = colon ? (size_t)(colon - text) : len;
    if (host_len > HOST_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "host longer than %d bytes", HOST_MAX_BYTES);
    for (size_t i = 0; i < host_len; i++)
        url->host[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    url->host[host_len] = '\0';
    if (!is_host_valid(url->host))
        return err_set(err, ERR_PARSE, "not a host name");

    if (colon) {
        size_t digits = len - host_len - 1;
        if (digits == 0 || digits >= sizeof(port_text))
            return err_set(err, ERR_PARSE, "not a port");
        memcpy(port_text, colon + 1, digits);
        if (parse_i64(&port, port_text, 1, UINT16_MAX, "port", err) < 0)
            return -ERR_PARSE;
    }
    url->is_loopback = is_host_loopback(url->host);

    bool is_default = port == (url->is_tls ? 443 : 80);
    (void)snprintf(url->origin, sizeof(url->origin), is_default ? "%s%s" : "%s%s:%d",
                   url->is_tls ? "https://" : "http://", url->host, (int)port);
    return 0;
}

static int path_parse(struct http_url *url, const char *text, struct err *err)
{
    int len = snprintf(url->path, sizeof(url->path), "%s%s", text[0] == '/' ? "" : "/", text);

    if (len < 0 || (size_t)len >= sizeof(url->path))
        return err_set(err, ERR_LIMIT, "path longer than %zu bytes", sizeof(url->path) - 1);
    for (const char *c = url->path; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("#\\\"<>^`{|}", *c))
            return err_set(err, ERR_PARSE, "'%c' stands in the path unescaped", *c);
    return 0;
}

static int url_parse(struct http_url *url, const char *text, struct err *err)
{
    if (strncasecmp(text, "https://", 8) == 0)
        url->is_tls = true;
    else if (strncasecmp(text, "http://", 7) != 0)
        return err_set(err, ERR_PARSE, "neither http:// nor https://");
    text += url->is_tls ? 8 : 7;

    size_t len = strcspn(text, "/?#");
    if (memchr(text, '@', len))
        return err_set(err, ERR_PARSE, "names and passwords in a URL are not accepted");
    int rc = authority_parse(url, text, len, err);
    return rc < 0 ? rc : path_parse(url, text + len, err);
}

int http_url_parse(struct http_url *ret, const char *url, struct err *err)
{
    struct http_url parsed = { 0 };

    int rc = url_parse(&parsed, url, err);
    /* What stands before an '@' or after a '?' may be a secret: it is not repeated. */
    if (rc < 0 && strchr(url, '@'))
        return err_wrap(err, rc, "URL");
    if (rc < 0)
        return err_wrap(err, rc, "URL '%.*s'", (int)strcspn(url, "?"), url);
    *ret = parsed;
    return 0;
}
