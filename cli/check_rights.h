/* SPDX-License-Identifier: Apache-2.0
 * cli/check_rights.h
 * check_rights: which feature has the rights that it needs. Part of `hearth check`. */
#ifndef CLI_CHECK_RIGHTS_H
#define CLI_CHECK_RIGHTS_H
#include "base/json.h"

struct forge;
struct forge_repo;

/* [{feature, ok, needs}]: needs is what is missing, "" when nothing is. The caller's. An App's
 * rights are known one by one. Of a token the forge tells what its account may and, of a
 * classic one of GitHub, its scopes. */
json_t *check_rights(const struct forge *forge, const struct forge_repo *repo);

#endif
