/* SPDX-License-Identifier: Apache-2.0 */
#include "config/checks.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "base/http.h"
#include "base/parse.h"
#include "base/text.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static int wrong(struct err *err, const char *what)
{
    return err_set(err, ERR_CONFIG, "%s", what);
}

static int check_no_controls(const char *text, const char *what, struct err *err)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return wrong(err, what);
    return 0;
}

int check_line(const char *text, struct err *err)
{
    return check_no_controls(text, "must be one line without control characters", err);
}

int check_url(const char *text, struct err *err)
{
    const char *rest = strstr(text, "://");

    if (*text == '\0')
        return 0;
    if (!text_has_prefix(text, "http://") && !text_has_prefix(text, "https://"))
        return wrong(err, "must begin with https:// or http://");
    rest += 3;
    if (*rest == '\0' || *rest == '/')
        return wrong(err, "has no host");
    if (text_has_suffix(text, "/"))
        return wrong(err, "must not end with a slash");
    if (strpbrk(text, "?#@ \"<>\\"))
        return wrong(err, "must not hold a query, a fragment, a user or blanks");
    return check_line(text, err);
}

int check_api_url(const char *text, struct err *err)
{
    struct http_url url;
    int rc = check_url(text, err);

    if (rc < 0 || *text == '\0')
        return rc;
    if ((rc = http_url_parse(&url, text, err)) < 0)
        return rc;
    if (!url.is_tls && !url.is_loopback)
        return wrong(err,
                     "must begin with https://: plain http would show the token to everyone");
    if (strcmp(url.host, "github.com") == 0)
        return wrong(err, "is no API; that of github.com is https://api.github.com");
    return 0;
}

int check_repo(const char *text, struct err *err)
{
    const char *slash = strchr(text, '/');
    const char *fault = "must be OWNER/NAME of letters, digits, '-', '_' and '.'";

    if (*text == '\0')
        return 0;
    if (!slash || slash == text || slash[1] == '\0')
        return wrong(err, fault);
    if (text + strspn(text, ALNUM "-_.") != slash ||
        slash[1 + strspn(slash + 1, ALNUM "-_.")] != '\0')
        return wrong(err, fault);
    if (strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0 || text[0] == '.')
        return wrong(err, fault);
    return 0;
}

int check_label(const char *text, struct err *err)
{
    if (strchr(text, ','))
        return wrong(err, "must not hold a comma: forges take it for two labels");
    return check_line(text, err);
}

int check_login(const char *text, struct err *err)
{
    if (*text == '\0' || text[strspn(text, ALNUM "-_.[]")] != '\0')
        return wrong(err, "is no account's name");
    return 0;
}

int check_spdx(const char *text, struct err *err)
{
    if (*text == '\0' || text[strspn(text, ALNUM "-.+")] != '\0')
        return wrong(err, "is no SPDX licence id, such as CC-BY-4.0");
    return 0;
}

int check_listen(const char *text, struct err *err)
{
    const char *colon = strrchr(text, ':');
    int64_t port;

    if (!colon || colon == text)
        return wrong(err, "must be ADDRESS:PORT");
    if (parse_i64(&port, colon + 1, 0, 65535, "port", NULL) < 0)
        return wrong(err, "must end with a port, 0..65535");
    return check_line(text, err);
}

int check_address(const char *text, struct err *err)
{
    struct in6_addr address;

    if (*text && inet_pton(AF_INET, text, &address) != 1 &&
        inet_pton(AF_INET6, text, &address) != 1)
        return wrong(err, "must be an address such as 127.0.0.1, without a port; no name");
    return 0;
}

int check_folder_url(const char *text, struct err *err)
{
    if (*text && (text[0] != '/' || !text_has_suffix(text, "/")))
        return wrong(err, "must begin and end with a slash");
    return check_line(text, err);
}

int check_ceiling(const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    int64_t most;

    if (!equals || equals == text || text + strspn(text, ALNUM "-_") != equals ||
        parse_i64(&most, equals + 1, 0, 10000, "ceiling", NULL) < 0)
        return wrong(err, "must be RULE=NUMBER, such as welcome=10, the number up to 10000");
    return 0;
}
