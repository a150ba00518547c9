/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/api.h"

#include <stdlib.h>
#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"

int api_repo_get(struct call *c)
{
    return call_show(c, 200, c->shapes->repo(&c->view));
}

int api_me(struct call *c)
{
    return call_show(c, 200, c->shapes->me(&c->view, c->view.me));
}

int api_user(struct call *c)
{
    char *login = call_param(c, "login");
    int status = state_user(&c->forge->state, login)
                     ? call_show(c, 200, c->shapes->me(&c->view, login))
                     : call_not_found(c);

    free(login);
    return status;
}

static json_t *organization(const struct view *v, const json_t *login)
{
    return render_organization(v, json_string_value(login));
}

/* Who may push belongs to the organization that owns the repository. */
int api_user_orgs(struct call *c)
{
    const char *owner = row_str(state_repo(&c->forge->state), "owner");
    char *login = call_param(c, "login");
    json_t *logins = json_array();
    int status;

    if (strcmp(row_str(state_user(&c->forge->state, owner), "type"), "Organization") == 0 &&
        right_of(&c->forge->state, login) >= RIGHT_PUSH)
        (void)json_array_append_new(logins, json_string(owner));
    if (state_user(&c->forge->state, login))
        status = call_list(c, logins, organization);
    else {
        json_decref(logins);
        status = call_not_found(c);
    }
    free(login);
    return status;
}

/* Who may not push may ask only about themselves, as on GitHub. */
int api_permission(struct call *c)
{
    char *login = call_param(c, "login");
    int status;

    if (!call_may(c, RIGHT_PUSH) && (!c->view.me || strcmp(login, c->view.me) != 0))
        status = call_error(c, 403, "Must have push access to view collaborator permission.");
    else if (!state_user(&c->forge->state, login))
        status = call_not_found(c);
    else
        status = call_show(c, 200, c->shapes->permission(&c->view, login));
    free(login);
    return status;
}

static json_t *collaborator(const struct view *v, const json_t *login)
{
    return render_collaborator(v, json_string_value(login));
}

int api_collaborators(struct call *c)
{
    json_t *logins = json_array();
    const char *login;
    json_t *user;

    json_object_foreach(state_users(&c->forge->state), login, user)
    {
        if (strcmp(row_str(user, "role"), "none") != 0)
            (void)json_array_append_new(logins, json_string(login));
    }
    return call_list(c, logins, collaborator);
}

/* The practice forge has none; clients that ask get an honest empty list. */
int api_milestones(struct call *c)
{
    return call_show(c, 200, json_array());
}
