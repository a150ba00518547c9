/* SPDX-License-Identifier: Apache-2.0
 * Times, people, rights and refusals as Gitea shows them. */
#include "practice/gitea_render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rfc3339.h"
#include "practice/call.h"
#include "practice/forge.h"

enum { ZONE_S = 2 * 3600, GHOST_ID = -1 }; /* a server two hours east of Greenwich */

json_t *gitea_time(const json_t *row, const char *key)
{
    char text[RFC3339_SIZE];
    int64_t at;

    if (!row_has(row, key) || rfc3339_parse(&at, row_str(row, key), NULL) < 0)
        return json_null();
    (void)rfc3339_format(text, at + ZONE_S);
    return json_sprintf("%.*s+02:00", (int)strlen(text) - 1, text);
}

static json_t *user(const struct view *v, const char *login, int64_t id, const char *created)
{
    json_t *out = json_pack(
        "{s:I, s:s, s:s, s:i, s:s, s:o, s:o, s:o, s:s, s:b, s:s, s:b, s:b, s:b}", "id",
        (json_int_t)id, "login", login, "login_name", "", "source_id", 0, "full_name", "",
        "email", json_sprintf("user%" PRId64 "@noreply.practice.invalid", id), "avatar_url",
        json_sprintf("%s/avatars/%" PRId64, v->html, id), "html_url",
        json_sprintf("%s/%s", v->html, login), "language", "", "is_admin", 0, "last_login",
        "0001-01-01T00:00:00Z", "restricted", 0, "active", 0, "prohibit_login", 0);
    json_t *more = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s}", "location", "",
                             "pronouns", "", "website", "", "description", "", "visibility",
                             "public", "followers_count", 0, "following_count", 0,
                             "starred_repos_count", 0, "username", login);

    (void)json_object_update(out, more);
    json_decref(more);
    row_set_str(out, "created", created);
    return out;
}

json_t *gitea_user(const struct view *v, const char *login)
{
    const json_t *row = state_user(&v->forge->state, login);

    if (!row || strcmp(login, "ghost") == 0)
        return user(v, "Ghost", GHOST_ID, "0001-01-01T00:00:00Z");
    return user(v, login, row_int(row, "id"), "2026-01-01T01:00:00+02:00");
}

json_t *gitea_user_of(const struct view *v, const json_t *row, const char *key)
{
    return gitea_user(v, json_string_value(json_object_get(row, key)));
}

/* Gitea has three roles and the owner; GitHub's two in between fall to the lower one. */
static const char *permission_of(const struct view *v, const char *login)
{
    static const struct {
        const char *role, *permission;
    } roles[] = {
        { "admin", "admin" }, { "maintain", "write" }, { "write", "write" },
        { "triage", "read" }, { "read", "read" },
    };
    const char *role = state_role(&v->forge->state, login);

    if (strcmp(login, row_str(state_repo(&v->forge->state), "owner")) == 0)
        return "owner";
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i].role, role) == 0)
            return roles[i].permission;
    }
    return "read"; /* everybody may read a public repository */
}

json_t *gitea_permission(const struct view *v, const char *login)
{
    const char *permission = permission_of(v, login);

    return json_pack("{s:s, s:s, s:o}", "permission", permission, "role_name", permission,
                     "user", gitea_user(v, login));
}

json_t *gitea_error(const struct call *c, int status, const char *message)
{
    json_t *body = json_pack("{s:s, s:o}", "message", message, "url",
                             json_sprintf("%s/api/swagger", c->view.html));

    if (status == 404)
        row_set(body, "errors", json_array());
    return body;
}

/* "[Title]: missing_field" */
json_t *gitea_invalid(const struct call *c, const char *resource, const char *field,
                      const char *code)
{
    char message[128];

    (void)resource;
    (void)snprintf(message, sizeof(message), "[%c%s]: %s",
                   field[0] >= 'a' && field[0] <= 'z' ? field[0] - 'a' + 'A' : field[0],
                   field[0] ? field + 1 : "",
                   strcmp(code, "missing_field") == 0 ? "Required" : code);
    return gitea_error(c, 422, message);
}
