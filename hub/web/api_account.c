/* SPDX-License-Identifier: Apache-2.0
 * Who a token belongs to, and what it may do with a repository. */
#include <string.h>

#include "base/hash.h"
#include "base/rfc3339.h"
#include "hub/web/api.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

/* 24 hex digits that stand for a name, as clients expect of an id. */
static json_t *id_of(const char *name)
{
    char digest[SHA256_HEX_SIZE];

    sha256_hex(digest, name, strlen(name));
    return json_stringn(digest, 24);
}

static int add_org(void *ctx, const char *name, enum member_role role, struct err *err)
{
    (void)err;
    (void)json_array_append_new(ctx, json_pack("{s:s,s:s,s:s,s:o,s:s,s:b,s:n,s:n}", "type",
                                               "org", "name", name, "fullname", name, "id",
                                               id_of(name), "roleInOrg", member_role_name(role),
                                               "isEnterprise", 0, "email", "avatarUrl"));
    return 0;
}

/* The scope in the protocol's words: what is restricted or more than write is fine-grained. */
static const char *role_of(const struct principal *who)
{
    if (who->only_in[0])
        return "fineGrained";
    return who->scope == MEMBER_READ ? "read" : "write";
}

int api_whoami(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct principal who;
    char created[RFC3339_SIZE];

    int status = visit_identify_person(&who, site, req, res);
    if (status != 0)
        return status;
    json_t *orgs = json_array();
    (void)member_each_org(access_lock(site->access), who.person, add_org, orgs, NULL);
    access_unlock(site->access);
    json_t *token = json_pack(
        "{s:s,s:s,s:s,s:s}", "displayName", who.label, "role", role_of(&who), "createdAt",
        rfc3339_format(created, who.created_at), "scope", member_role_name(who.scope));
    json_t *doc =
        json_pack("{s:s,s:o,s:s,s:s,s:n,s:b,s:b,s:b,s:n,s:n,s:o,s:{s:s,s:o}}", "type", "user",
                  "id", id_of(who.person), "name", who.person, "fullname", who.person, "email",
                  "emailVerified", 0, "isPro", 0, "canPay", 0, "periodEnd", "avatarUrl", "orgs",
                  orgs, "auth", "type", "access_token", "accessToken", token);
    return api_reply(req, res, doc);
}

static int check_auth(struct httpd_request *req, struct httpd_response *res, void *ctx,
                      enum access_right right)
{
    struct visit visit;

    int status = visit_begin(&visit, ctx, req, res, right);
    if (status == 0)
        status = api_reply(req, res, json_pack("{s:b}", "ok", 1));
    visit_end(&visit);
    return status;
}

int api_auth_check(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return check_auth(req, res, ctx, ACCESS_DOWNLOAD);
}

int api_auth_check_write(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return check_auth(req, res, ctx, ACCESS_WRITE);
}
