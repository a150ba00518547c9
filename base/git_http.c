/* SPDX-License-Identifier: Apache-2.0 */
#include "base/git_http.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"

enum { ENV_MAX = 64 };

static const char *const fixed_env[] = {
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM=1",
    "GIT_CONFIG_GLOBAL=/dev/null",
    "GIT_HTTP_EXPORT_ALL=1",
    "GATEWAY_INTERFACE=CGI/1.1",
    "SERVER_PROTOCOL=HTTP/1.1",
    "REMOTE_ADDR=127.0.0.1",
};

/* What holds for every repository of ours, whoever serves it. */
static const char *const fixed_config[] = { "safe.directory=*", "gc.auto=0", NULL };

struct env {
    char *vars[ENV_MAX];
    size_t n;
    size_t n_config;
};

static void env_take(struct env *env, char *variable)
{
    if (env->n + 1 < ENV_MAX)
        env->vars[env->n++] = variable;
    else
        free(variable);
}

static void env_add(struct env *env, const char *name, const char *value)
{
    if (value)
        env_take(env, xasprintf("%s=%s", name, value));
}

/* git takes settings from the environment as numbered pairs. */
static void env_add_config(struct env *env, const char *const *config)
{
    for (; config && *config; config++) {
        size_t key = strcspn(*config, "=");

        env_take(env, xasprintf("GIT_CONFIG_KEY_%zu=%.*s", env->n_config, (int)key, *config));
        env_take(env, xasprintf("GIT_CONFIG_VALUE_%zu=%s", env->n_config, *config + key + 1));
        env->n_config++;
    }
}

static void env_init(struct env *env, const struct git_http_call *call)
{
    struct stat body = { 0 };

    *env = (struct env){ 0 };
    for (size_t i = 0; i < sizeof(fixed_env) / sizeof(fixed_env[0]); i++)
        env_take(env, xstrdup(fixed_env[i]));
    env_add_config(env, fixed_config);
    env_add_config(env, call->config);
    env_take(env, xasprintf("GIT_CONFIG_COUNT=%zu", env->n_config));
    env_add(env, "GIT_PROJECT_ROOT", call->root);
    env_add(env, "PATH_INFO", call->path);
    env_add(env, "REQUEST_METHOD", call->method);
    env_add(env, "QUERY_STRING", call->query);
    env_add(env, "CONTENT_TYPE", call->content_type);
    env_add(env, "HTTP_CONTENT_ENCODING", call->content_encoding);
    env_add(env, "GIT_PROTOCOL", call->protocol);
    env_add(env, "REMOTE_USER", call->user);
    if (call->body_fd >= 0 && lseek(call->body_fd, 0, SEEK_SET) == 0 &&
        fstat(call->body_fd, &body) == 0)
        env_take(env, xasprintf("CONTENT_LENGTH=%lld", (long long)body.st_size));
    for (const char *const *var = call->env; var && *var; var++)
        env_take(env, xstrdup(*var));
}

static void env_finish(struct env *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->vars[i]);
}

int git_http_start(struct cgi *ret, const struct git_http_call *call, struct err *err)
{
    static const char *const argv[] = { "git", "http-backend", NULL };
    struct env env;

    env_init(&env, call);
    const struct cgi_call program = { .argv = argv,
                                      .env = (const char *const *)env.vars,
                                      .body_fd = call->body_fd,
                                      .held_fd = call->held_fd };
    int rc = cgi_start(ret, &program, err);
    env_finish(&env);
    return rc < 0 ? err_wrap(err, rc, "git http-backend") : 0;
}

bool git_http_is_push(const char *query, const char *rest)
{
    return strstr(query, "git-receive-pack") || strstr(rest, "git-receive-pack");
}

const char *git_http_type(const struct cgi *cgi)
{
    static const char *const types[] = {
        "application/x-git-upload-pack-advertisement",
        "application/x-git-receive-pack-advertisement",
        "application/x-git-upload-pack-result",
        "application/x-git-receive-pack-result",
        "text/plain; charset=utf-8",
    };

    for (size_t i = 0; cgi->content_type && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i], cgi->content_type) == 0)
            return types[i];
    }
    return "application/octet-stream";
}
