/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/write.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/httpd.h"
#include "base/text.h"

void write_author_init(struct write_author *ret, const struct principal *who)
{
    (void)snprintf(ret->name, sizeof(ret->name), "%s", who->person);
    (void)snprintf(ret->email, sizeof(ret->email), "%s@users.noreply.invalid", who->person);
}

void write_warn(struct httpd_request *req, const char *topic, const char *message)
{
    httpd_reply_header(req, "X-HF-Warning", "%s; %s", topic, message);
}

char *write_param(const struct httpd_request *req, const char *name)
{
    const char *raw = httpd_param(req, name);
    char *text = raw && *raw ? xstrdup(raw) : NULL;

    if (text && !text_url_decode(text)) {
        free(text);
        return NULL;
    }
    return text;
}
