/* SPDX-License-Identifier: Apache-2.0
 * The repositories of a namespace, and what each takes of its storage: for their owner. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/repo/repo.h"
#include "hub/web/api.h"
#include "hub/web/catalogue.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

static const char never[] = "1970-01-01T00:00:00Z"; /* clients want a date */

struct owned {
    const struct site *site;
    const struct principal *who;
    const char *ns;
    int64_t quota; /* 0: none */
    json_t *list;
};

static void add_repo(const struct owned *owned, enum hosted_kind kind, const char *root,
                     const char *id)
{
    size_t len = strlen(owned->ns);
    struct hosted hosted;

    if (strncasecmp(id, owned->ns, len) != 0 || id[len] != '/')
        return;
    const struct hosted_name name = { kind, owned->ns, id + len + 1 };
    /* All of one's own; of an organisation, what one may write to. */
    enum access_right right =
        strcasecmp(owned->ns, owned->who->person) == 0 ? ACCESS_SEE : ACCESS_WRITE;
    if (access_check(&hosted, owned->site->access, owned->who, &name, right, NULL) < 0)
        return;
    double share =
        owned->quota > 0 ? 100.0 * (double)hosted.blob_bytes / (double)owned->quota : 0;
    json_t *content = catalogue_get(owned->site->catalogue, kind, root, id);
    const char *updated = json_string_value(json_object_get(content, "lastModified"));
    json_t *entry =
        json_pack("{s:s,s:s%,s:s,s:s,s:I,s:f}", "id", id, "type", visit_plural(kind),
                  strlen(visit_plural(kind)) - 1, "updatedAt", updated ? updated : never,
                  "visibility", hosted.is_private ? "private" : "public", "storage",
                  (json_int_t)hosted.blob_bytes, "storagePercent", share);
    (void)json_array_append_new(owned->list, entry);
    json_decref(content);
}

static int add_kind(const struct owned *owned, enum hosted_kind kind, struct err *err)
{
    char *root = visit_root(owned->site, kind);
    char **ids = NULL;
    size_t n = 0;
    int rc = hub_repo_list(&ids, &n, root, SITE_MAX_REPOS, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        add_repo(owned, kind, root, ids[i]);
    hub_repo_list_free(ids, n);
    free(root);
    return rc;
}

/* {ns} is an organisation's, or missing: the asker's own. */
int api_owned(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    const char *org = httpd_param(req, "ns");
    struct err err = { 0 };
    struct principal who;

    int status = visit_identify_person(&who, site, req, res);
    if (status != 0)
        return status;
    const char *ns = org ? org : who.person;
    const struct owned owned = { site, &who, ns, quota_of(site->quota, ns), json_array() };

    if (add_kind(&owned, HOSTED_MODEL, &err) < 0 ||
        add_kind(&owned, HOSTED_DATASET, &err) < 0) {
        json_decref(owned.list);
        return site_unlisted(site, req, res, &err);
    }
    return api_reply(req, res, owned.list);
}
