/* SPDX-License-Identifier: Apache-2.0
 * People, and what they may do, as the API shows them. */
#include "practice/render.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "practice/forge.h"

enum { URL_MAX = 2048, SHOWN_MAX = 10000 };

static json_t *url_of(const struct view *v, const char *base, const char *folder,
                      const char *fmt, va_list args) __attribute__((format(printf, 4, 0)));

static json_t *url_of(const struct view *v, const char *base, const char *folder,
                      const char *fmt, va_list args)
{
    const json_t *repo = state_repo(&v->forge->state);
    char url[URL_MAX];
    int len = snprintf(url, sizeof(url), "%s%s/%s/%s", base, folder,
                       v->fork ? v->fork : row_str(repo, "owner"), row_str(repo, "name"));

    if (len >= 0 && (size_t)len < sizeof(url))
        (void)vsnprintf(url + len, sizeof(url) - (size_t)len, fmt, args);
    return json_string(url);
}

json_t *view_url(const struct view *v, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    json_t *url = url_of(v, v->api, "/repos", fmt, args);
    va_end(args);
    return url;
}

json_t *view_html_url(const struct view *v, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    json_t *url = url_of(v, v->html, "", fmt, args);
    va_end(args);
    return url;
}

json_t *render_node_id(const char *kind, int64_t id)
{
    return json_sprintf("%s_%" PRId64, kind, id);
}

/* The URL fields of a user: the key, and what follows /users/LOGIN. */
static const struct {
    const char *key, *rest;
} user_urls[] = {
    { "url", "" },
    { "events_url", "/events{/privacy}" },
    { "followers_url", "/followers" },
    { "following_url", "/following{/other_user}" },
    { "gists_url", "/gists{/gist_id}" },
    { "organizations_url", "/orgs" },
    { "received_events_url", "/received_events" },
    { "repos_url", "/repos" },
    { "starred_url", "/starred{/owner}{/repo}" },
    { "subscriptions_url", "/subscriptions" },
};

static json_t *make_user(const struct view *v, const json_t *row, const char *login)
{
    int64_t id = row_int(row, "id");
    struct buf name;

    buf_init(&name, URL_MAX);
    text_add_url(&name, login, TEXT_SLASH_ENCODED);
    json_t *user = json_pack("{s:s, s:I, s:o, s:s, s:s, s:b}", "login", login, "id",
                             (json_int_t)id, "node_id", render_node_id("U", id), "gravatar_id",
                             "", "type", row_str(row, "type"), "site_admin", 0);
    row_set(user, "avatar_url", json_sprintf("%s/avatars/%" PRId64, v->html, id));
    row_set(user, "html_url", json_sprintf("%s/%s", v->html, name.data));
    for (size_t i = 0; i < sizeof(user_urls) / sizeof(user_urls[0]); i++)
        row_set(user, user_urls[i].key,
                json_sprintf("%s/users/%s%s", v->api, name.data, user_urls[i].rest));
    buf_finish(&name);
    return user;
}

/* People are most of what a list shows. Each is made once for each address by which clients
 * come, and shared from then on. */
json_t *render_user(const struct view *v, const char *login)
{
    const json_t *row = state_user(&v->forge->state, login);
    json_t *shown = v->forge->shown_users;
    char place[URL_MAX];

    if (!row)
        return json_null();
    int len = snprintf(place, sizeof(place), "%s %s %s", v->api, v->html, login);
    json_t *user = json_object_get(shown, place);
    if (user && row_int(user, "id") == row_int(row, "id"))
        return json_incref(user);
    user = make_user(v, row, login);
    if (json_object_size(shown) >= SHOWN_MAX)
        (void)json_object_clear(shown);
    if (len >= 0 && (size_t)len < sizeof(place))
        (void)json_object_set(shown, place, user);
    return user;
}

/* One that may be added to. */
static json_t *own_user(const struct view *v, const char *login)
{
    json_t *shown = render_user(v, login), *own = json_copy(shown);

    json_decref(shown);
    return own;
}

json_t *render_organization(const struct view *v, const char *login)
{
    static const struct {
        const char *key, *rest;
    } urls[] = {
        { "url", "" },
        { "repos_url", "/repos" },
        { "events_url", "/events" },
        { "hooks_url", "/hooks" },
        { "issues_url", "/issues" },
        { "members_url", "/members{/member}" },
        { "public_members_url", "/public_members{/member}" },
    };
    int64_t id = row_int(state_user(&v->forge->state, login), "id");
    json_t *out =
        json_pack("{s:s, s:I, s:o, s:o, s:s}", "login", login, "id", (json_int_t)id, "node_id",
                  render_node_id("O", id), "avatar_url",
                  json_sprintf("%s/avatars/%" PRId64, v->html, id), "description", "");

    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        row_set(out, urls[i].key, json_sprintf("%s/orgs/%s%s", v->api, login, urls[i].rest));
    return out;
}

json_t *render_user_of(const struct view *v, const json_t *row, const char *key)
{
    return render_user(v, json_string_value(json_object_get(row, key)));
}

json_t *render_me(const struct view *v, const char *login)
{
    const char *created_at = row_str(state_repo(&v->forge->state), "created_at");
    json_t *user = own_user(v, login);
    json_t *more =
        json_pack("{s:s, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:i, s:i, s:i, s:i, s:s, s:s}",
                  "user_view_type", "public", "name", "company", "blog", "location", "email",
                  "hireable", "bio", "public_repos", 0, "public_gists", 0, "followers", 0,
                  "following", 0, "created_at", created_at, "updated_at", created_at);

    (void)json_object_update(user, more);
    json_decref(more);
    return user;
}

/* What each role may: GitHub's five flags, and the older word that folds some of them. */
static const struct {
    const char *role, *permission;
    int admin, maintain, push, triage, pull;
} roles[] = {
    { "admin", "admin", 1, 1, 1, 1, 1 }, { "maintain", "write", 0, 1, 1, 1, 1 },
    { "write", "write", 0, 0, 1, 1, 1 }, { "triage", "read", 0, 0, 0, 1, 1 },
    { "read", "read", 0, 0, 0, 0, 1 },   { "none", "none", 0, 0, 0, 0, 0 },
};

static size_t role_place(const char *role)
{
    size_t i = 0;

    while (i + 1 < sizeof(roles) / sizeof(roles[0]) && strcmp(roles[i].role, role) != 0)
        i++;
    return i;
}

json_t *render_collaborator(const struct view *v, const char *login)
{
    size_t i = role_place(state_role(&v->forge->state, login));
    json_t *user = own_user(v, login);

    row_set_str(user, "role_name", roles[i].role);
    row_set(user, "permissions",
            json_pack("{s:b, s:b, s:b, s:b, s:b}", "admin", roles[i].admin, "maintain",
                      roles[i].maintain, "push", roles[i].push, "triage", roles[i].triage,
                      "pull", roles[i].pull));
    return user;
}

/* Everybody may read a public repository, so that is what strangers are shown to have. */
json_t *render_permission(const struct view *v, const char *login)
{
    size_t i = role_place(state_role(&v->forge->state, login));
    size_t shown = strcmp(roles[i].role, "none") == 0 ? role_place("read") : i;

    return json_pack("{s:s, s:s, s:o}", "permission", roles[shown].permission, "role_name",
                     roles[shown].role, "user", render_collaborator(v, login));
}

const char *render_association(const struct view *v, const char *login)
{
    const struct state *s = &v->forge->state;

    if (!state_user(s, login))
        return "NONE";
    if (strcmp(login, row_str(state_repo(s), "owner")) == 0)
        return "OWNER";
    if (role_place(state_role(s, login)) <= role_place("triage"))
        return "COLLABORATOR";
    return row_flag(state_user(s, login), "has_merged") ? "CONTRIBUTOR" : "NONE";
}
