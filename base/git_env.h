/* SPDX-License-Identifier: Apache-2.0
 * base/git_env.h
 * git_env: the whole environment of the program git, so that nobody's settings but ours, and
 * those of the repository itself, have a say. Owns its text. */
#ifndef BASE_GIT_ENV_H
#define BASE_GIT_ENV_H
#include <stddef.h>

enum { GIT_ENV_MAX = 64 };

struct git_env {
    char *vars[GIT_ENV_MAX]; /* ends with NULL */
    size_t n, n_config;
};

/* config: "key=value", above what the repository says; NULL, or ends with NULL. */
void git_env_init(struct git_env *env, const char *const *config);
void git_env_finish(struct git_env *env);

/* name=value; a NULL value is left out. */
void git_env_add(struct git_env *env, const char *name, const char *value);
/* "name=value" at once. */
void git_env_set(struct git_env *env, const char *variable);

#endif
