/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/self.h"

#include "base/buf.h"
#include "base/text.h"
#include "bot/forge/dialect.h"

/* "" for a person's token. */
static int find_login(const char **ret, struct forge *f, struct err *err)
{
    int rc = 0;

    *ret = f->login;
    if (f->app) {
        rc = app_renew(f->app, f->transport, err);
        *ret = app_login(f->app);
    }
    return rc;
}

int self_add_path(struct buf *out, struct forge *f, struct err *err)
{
    const char *login = "";
    int rc = find_login(&login, f, err);

    if (rc < 0)
        return rc;
    buf_add_str(out, login[0] ? "/users/" : "/user");
    text_add_url(out, login, TEXT_SLASH_ENCODED);
    return buf_check(out, "login", err);
}

int self_set_rights(struct forge_repo *repo, struct forge *f, struct err *err)
{
    if (!f->app) {
        repo->may_push |= f->login[0] != '\0';
        repo->may_triage |= f->login[0] != '\0';
        return 0;
    }
    int rc = app_renew(f->app, f->transport, err);
    repo->may_triage = app_access(f->app, "issues") == APP_WRITE &&
                       app_access(f->app, "pull_requests") == APP_WRITE;
    repo->may_push = app_access(f->app, "contents") == APP_WRITE &&
                     app_access(f->app, "statuses") == APP_WRITE;
    return rc;
}
