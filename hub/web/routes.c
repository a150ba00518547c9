/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/routes.h"

#include <stdint.h>
#include <string.h>

#include "hub/repo/xet_shard.h"
#include "hub/repo/xet_xorb.h"
#include "hub/web/gitweb.h"
#include "hub/web/lfs.h"
#include "hub/web/site.h"
#include "hub/web/xet.h"

enum { SMALL = 64 << 10, LIST = 4 << 20 };

int send_not_found(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const char *method = httpd_method(req);

    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return site_error(ctx, req, res, 404, NULL, "there is nothing here");
    httpd_reply_header(req, "Allow", "GET, HEAD");
    return site_error(ctx, req, res, 405, NULL, "this address takes GET and HEAD only");
}

/* Names of hub repositories begin with a letter or digit, and "reports", "datasets" and "api"
 * are not given out, so the first rows hide no repository. {kind} is "models" or "datasets". */
/* clang-format off */
const struct httpd_route routes[] = {
    { "OPTIONS", "/{path...}", send_options, 0 },
    { "GET", "/", page_home, 0 },
    { "GET", "/healthz", send_health, 0 },
    { "GET", "/metrics", send_metrics, 0 },
    { "GET", "/-/{name}", send_static, 0 },
    { "GET", "/-/lfs/{oid}", lfs_get, 0 },
    { "PUT", "/-/lfs/{oid}", lfs_put, SIZE_MAX / 4 },
    { "POST", "/-/lfs/{oid}/parts", lfs_finish_parts, LIST },
    { "PUT", "/-/lfs/{oid}/parts/{part}", lfs_put_part, SIZE_MAX / 4 },
    { "POST", "/-/xet/v1/xorbs/{prefix}/{hash}", xet_xorb, XET_MAX_XORB_BYTES },
    { "POST", "/-/xet/v1/shards", xet_shard, XET_MAX_SHARD_BYTES },
    { "POST", "/-/xet/v2/shards", xet_shard_with_progress, XET_MAX_SHARD_BYTES },
    { "*", "/-/xet/{path...}", xet_absent, SMALL },
    { "POST", "/v1/telemetry", xet_absent, SMALL },
    { "POST", "/hooks/forge", take_hook, 1 << 20 },
    { "GET", "/reports/{path...}", send_report, 0 },
    { "GET", "/api/models", api_list, 0 },
    { "GET", "/api/datasets", api_list, 0 },
    { "GET", "/api/models-tags-by-type", api_tags, 0 },
    { "GET", "/api/datasets-tags-by-type", api_tags, 0 },
    { "GET", "/api/whoami-v2", api_whoami, 0 },
    { "GET", "/api/settings/repositories", api_owned, 0 },
    { "GET", "/api/organizations/{ns}/settings/repositories", api_owned, 0 },
    { "POST", "/api/validate-yaml", api_validate_yaml, 2 << 20 },
    { "POST", "/api/repos/create", api_create, LIST },
    { "DELETE", "/api/repos/delete", api_delete, SMALL },
    { "POST", "/api/repos/move", api_move, SMALL },
    { "GET", "/api/{kind}/{ns}/{name}", api_model, 0 },
    { "GET", "/api/{kind}/{ns}/{name}/refs", api_refs, 0 },
    { "GET", "/api/{kind}/{ns}/{name}/revision/{where...}", api_model, 0 },
    { "GET", "/api/{kind}/{ns}/{name}/tree/{where...}", api_tree, 0 },
    { "GET", "/api/{kind}/{ns}/{name}/commits/{where...}", api_commits, 0 },
    { "POST", "/api/{kind}/{ns}/{name}/paths-info/{where...}", api_paths_info, 1 << 20 },
    { "GET", "/api/{kind}/{ns}/{name}/auth-check", api_auth_check, 0 },
    { "GET", "/api/{kind}/{ns}/{name}/auth-check/write", api_auth_check_write, 0 },
    { "GET", "/api/{kind}/{ns}/{name}/xet-write-token/{rev...}", xet_write_token, 0 },
    { "PUT", "/api/{kind}/{ns}/{name}/settings", api_settings, SMALL },
    { "GET", "/api/{kind}/{ns}/{name}/lfs-files", api_lfs_list, 0 },
    { "POST", "/api/{kind}/{ns}/{name}/lfs-files/batch", api_lfs_drop, 1 << 20 },
    { "POST", "/api/{kind}/{ns}/{name}/user-access-request/handle", api_gate_handle, SMALL },
    { "POST", "/api/{kind}/{ns}/{name}/user-access-request/grant", api_gate_grant, SMALL },
    { "GET", "/api/{kind}/{ns}/{name}/user-access-request/{state}", api_gate_list, 0 },
    { "POST", "/api/{kind}/{ns}/{name}/preupload/{where...}", api_preupload, LIST },
    { "POST", "/api/{kind}/{ns}/{name}/commit/{rev...}", api_commit, SIZE_MAX / 4 },
    { "POST", "/api/{kind}/{ns}/{name}/branch/{branch...}", api_branch, SMALL },
    { "DELETE", "/api/{kind}/{ns}/{name}/branch/{branch...}", api_branch, SMALL },
    { "POST", "/api/{kind}/{ns}/{name}/tag/{rev...}", api_tag, SMALL },
    { "DELETE", "/api/{kind}/{ns}/{name}/tag/{rev...}", api_tag, SMALL },
    { "POST", "/api/{kind}/{ns}/{name}/super-squash/{branch...}", api_squash, SMALL },
    { "GET", "/api/spaces", api_spaces, 0 },
    { "*", "/api/{path...}", api_absent, SMALL },
    { "POST", "/{ns}/{name}.git/info/lfs/objects/batch", lfs_batch, LIST },
    { "POST", "/{ns}/{name}.git/info/lfs/objects/verify", lfs_verify, SMALL },
    { "POST", "/datasets/{ns}/{name}.git/info/lfs/objects/batch", lfs_batch, LIST },
    { "POST", "/datasets/{ns}/{name}.git/info/lfs/objects/verify", lfs_verify, SMALL },
    { "GET", "/{ns}/{name}.git/info/refs", gitweb_refs, 0 },
    { "POST", "/{ns}/{name}.git/git-upload-pack", gitweb_fetch, GIT_FETCH_MAX_BYTES },
    { "POST", "/{ns}/{name}.git/git-receive-pack", gitweb_push, GIT_PUSH_MAX_BYTES },
    { "GET", "/datasets/{ns}/{name}.git/info/refs", gitweb_refs, 0 },
    { "POST", "/datasets/{ns}/{name}.git/git-upload-pack", gitweb_fetch, GIT_FETCH_MAX_BYTES },
    { "POST", "/datasets/{ns}/{name}.git/git-receive-pack", gitweb_push, GIT_PUSH_MAX_BYTES },
    { "GET", "/{ns}/{name}/info/refs", gitweb_refs, 0 },
    { "POST", "/{ns}/{name}/git-upload-pack", gitweb_fetch, GIT_FETCH_MAX_BYTES },
    { "POST", "/{ns}/{name}/git-receive-pack", gitweb_push, GIT_PUSH_MAX_BYTES },
    { "GET", "/datasets/{ns}/{name}/info/refs", gitweb_refs, 0 },
    { "POST", "/datasets/{ns}/{name}/git-upload-pack", gitweb_fetch, GIT_FETCH_MAX_BYTES },
    { "POST", "/datasets/{ns}/{name}/git-receive-pack", gitweb_push, GIT_PUSH_MAX_BYTES },
    { "GET", "/datasets/{ns}/{name}/resolve/{where...}", send_file, 0 },
    { "GET", "/datasets/{ns}/{name}/raw/{where...}", send_raw, 0 },
    { "GET", "/datasets/{ns}/{name}", page_model, 0 },
    { "GET", "/datasets/{ns}/{name}/tree/{where...}", page_tree, 0 },
    { "GET", "/datasets/{ns}/{name}/blob/{where...}", page_blob, 0 },
    { "GET", "/datasets/{ns}/{name}/commit/{where...}", page_commit, 0 },
    { "GET", "/{ns}/{name}/blob/{where...}", page_blob, 0 },
    { "GET", "/{ns}/{name}/commit/{where...}", page_commit, 0 },
    { "GET", "/{ns}/{name}", page_model, 0 },
    { "POST", "/{ns}/{name}/ask-access", gate_ask, SMALL },
    { "POST", "/datasets/{ns}/{name}/ask-access", gate_ask, SMALL },
    { "GET", "/{ns}/{name}/tree/{where...}", page_tree, 0 },
    { "GET", "/{ns}/{name}/resolve/{where...}", send_file, 0 },
    { "GET", "/{ns}/{name}/raw/{where...}", send_raw, 0 },
    { NULL, NULL, NULL, 0 },
};
/* clang-format on */

const struct httpd_stream streams[] = {
    { lfs_put, lfs_put_begin, lfs_put_take },
    { lfs_put_part, lfs_put_part_begin, lfs_put_take },
    { api_commit, commit_begin, commit_take },
    { gitweb_fetch, gitweb_fetch_begin, gitweb_take },
    { gitweb_push, gitweb_push_begin, gitweb_take },
    { xet_xorb, xet_xorb_begin, xet_xorb_take },
    { xet_shard, xet_shard_begin, xet_shard_take },
    { xet_shard_with_progress, xet_progress_begin, xet_progress_take },
    { NULL, NULL, NULL },
};

httpd_handler *const quick_handlers[] = { send_options, send_health, send_metrics, send_static,
                                          NULL };
