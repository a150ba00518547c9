/* SPDX-License-Identifier: Apache-2.0
 * The files of a release in Gitea's words: below their release, uploaded as a form, and never
 * refused for their name. */
#include "practice/gitea_api.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "practice/api.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/multipart.h"

/* The file of {asset}, if it belongs to the release of {id}. */
static const json_t *asset_of(const struct call *c)
{
    const json_t *asset = call_row(c, ASSETS, "asset");

    return asset && row_int(asset, "release") == call_param_id(c, "id") ? asset : NULL;
}

int gitea_asset_get(struct call *c)
{
    const json_t *asset = asset_of(c);

    return asset ? call_show(c, 200, gitea_asset(&c->view, asset)) : call_not_found(c);
}

int gitea_asset_delete(struct call *c)
{
    const json_t *asset = asset_of(c);

    if (!asset)
        return call_not_found(c);
    forge_remove_asset(c->forge, row_int(asset, "id"));
    return call_show(c, 204, NULL);
}

/* As a form's field `attachment`, or bare. The name of the query goes before the form's. */
int gitea_asset_upload(struct call *c)
{
    const json_t *release = call_row(c, RELEASES, "id");
    const char *type = c->ask->header(c->ask->ctx, "Content-Type");
    struct multipart_file part = { .data = c->ask->body, .len = c->ask->body_len };
    struct err err = { 0 };

    if (!release)
        return call_not_found(c);
    if ((!type || !text_has_prefix(type, "application/octet-stream")) &&
        multipart_find(&part, type, c->ask->body, c->ask->body_len, "attachment", &err) < 0)
        return call_error(c, 400, err.msg);
    const struct upload file = { .name = call_arg(c, "name", part.filename),
                                 .type = "application/octet-stream",
                                 .data = part.data,
                                 .len = part.len };
    if (!*file.name || strlen(file.name) >= sizeof(part.filename))
        return call_error(c, 400, "name is empty or too long");
    return api_asset_keep(c, row_int(release, "id"), &file);
}
