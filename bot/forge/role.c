/* SPDX-License-Identifier: Apache-2.0
 * The roles of GitHub by name. */
#include <string.h>

#include "base/err.h"
#include "bot/forge/forge.h"

static const char *const role_names[] = {
    [FORGE_ROLE_NONE] = "none",         [FORGE_ROLE_READ] = "read",
    [FORGE_ROLE_TRIAGE] = "triage",     [FORGE_ROLE_WRITE] = "write",
    [FORGE_ROLE_MAINTAIN] = "maintain", [FORGE_ROLE_ADMIN] = "admin",
};

const char *forge_role_name(enum forge_role role)
{
    return role_names[role];
}

int forge_role_parse(enum forge_role *ret, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof(role_names) / sizeof(role_names[0]); i++)
        if (strcmp(role_names[i], name) == 0) {
            *ret = (enum forge_role)i;
            return 0;
        }
    return err_set(err, ERR_PARSE,
                   "'%.40s' is no role; they are none, read, triage, write, maintain and admin",
                   name);
}
