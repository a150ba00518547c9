/* SPDX-License-Identifier: Apache-2.0
 * One repository as the protocol's object. */
#include "hub/web/api.h"
#include "hub/web/model_json.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"

int api_model(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct shelf shelf = { 0 };
    struct form query;

    int status = api_query(&query, ctx, req, res);
    if (status == 0)
        status = site_open_shelf(&shelf, ctx, req, res);
    if (status == 0) {
        json_t *model = model_content(&shelf);

        model_add_hosted(model, &shelf.hosted);
        model_add_downloads(model, ctx, &shelf.hosted);
        if (form_is_true(&query, "securityStatus")) /* nobody scans files here */
            (void)json_object_set_new(
                model, "securityRepoStatus",
                json_pack("{s:b,s:[]}", "scansDone", 0, "filesWithIssues"));
        (void)json_object_set_new(model, "siblings",
                                  model_siblings(&shelf, form_is_true(&query, "blobs")
                                                             ? MODEL_WITH_BLOBS
                                                             : MODEL_NAMES));
        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        httpd_remember(req, SITE_REMEMBERED_MS);
        status = api_reply(req, res, model_narrow(model, &query));
    }
    shelf_close(&shelf);
    form_finish(&query);
    return status;
}
