/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/desk.h"

#include <string.h>

#include "base/err.h"
#include "hub/repo/repo.h"
#include "hub/web/api.h"
#include "hub/web/site.h"

int desk_open(struct desk *ret, const struct site *site, struct httpd_request *req,
              struct httpd_response *res, enum access_right right)
{
    struct err err = { 0 };

    memset(ret, 0, sizeof(*ret));
    int status = visit_begin(&ret->visit, site, req, res, right);
    if (status == 0 && hub_repo_open(&ret->repo, ret->visit.root, ret->visit.id, &err) < 0)
        status = visit_fail(site, req, res, &ret->visit.who, &err);
    if (status == 0 && httpd_body(req)->len > 0)
        status = api_body(&ret->doc, site, req, res);
    return status;
}

void desk_close(struct desk *desk)
{
    json_decref(desk->doc);
    hub_repo_close(desk->repo);
    visit_end(&desk->visit);
}
