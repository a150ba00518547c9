/* SPDX-License-Identifier: Apache-2.0 */
#include "base/git_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const char *const fixed[][2] = {
    { "PATH", "/usr/local/bin:/usr/bin:/bin" },
    { "GIT_CONFIG_NOSYSTEM", "1" },
    { "GIT_CONFIG_GLOBAL", "/dev/null" },
};

/* What holds for every repository of ours, whoever works on it. */
static const char *const fixed_config[] = { "safe.directory=*", "gc.auto=0", NULL };

static void take(struct git_env *env, char *variable)
{
    if (env->n + 1 < GIT_ENV_MAX)
        env->vars[env->n++] = variable;
    else
        free(variable);
}

/* git takes settings from the environment as numbered pairs. */
static void add_config(struct git_env *env, const char *const *config)
{
    for (; config && *config; config++) {
        size_t key = strcspn(*config, "=");

        take(env, xasprintf("GIT_CONFIG_KEY_%zu=%.*s", env->n_config, (int)key, *config));
        take(env, xasprintf("GIT_CONFIG_VALUE_%zu=%s", env->n_config, *config + key + 1));
        env->n_config++;
    }
}

void git_env_init(struct git_env *env, const char *const *config)
{
    *env = (struct git_env){ 0 };
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        git_env_add(env, fixed[i][0], fixed[i][1]);
    add_config(env, fixed_config);
    add_config(env, config);
    take(env, xasprintf("GIT_CONFIG_COUNT=%zu", env->n_config));
}

void git_env_finish(struct git_env *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->vars[i]);
}

void git_env_add(struct git_env *env, const char *name, const char *value)
{
    if (value)
        take(env, xasprintf("%s=%s", name, value));
}

void git_env_set(struct git_env *env, const char *variable)
{
    take(env, xstrdup(variable));
}
