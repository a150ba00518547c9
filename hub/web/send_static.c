/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <string.h>

#include "base/embedded.h"
#include "base/text.h"

extern const struct embedded web_assets[]; /* hub/web/assets, by tools/embed */

/* The style sheet and the icon: part of the binary. */
int send_static(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const char *name = httpd_param(req, "name");

    for (const struct embedded *asset = web_assets; asset->name; asset++) {
        if (strcmp(asset->name, name) != 0)
            continue;
        buf_add(&res->body, asset->data, asset->len);
        return reply_body(req, res,
                          text_has_suffix(name, ".css") ? "text/css; charset=utf-8"
                                                        : "image/svg+xml",
                          REPLY_PAGE);
    }
    return site_error(ctx, req, res, 404, NULL, "no such file");
}
