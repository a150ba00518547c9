/* SPDX-License-Identifier: Apache-2.0 */
#include "base/git_http.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/git_env.h"

/* What git's side of CGI wants beside the request. */
static const char *const fixed_env[][2] = {
    { "GIT_HTTP_EXPORT_ALL", "1" },
    { "GATEWAY_INTERFACE", "CGI/1.1" },
    { "SERVER_PROTOCOL", "HTTP/1.1" },
    { "REMOTE_ADDR", "127.0.0.1" },
};

static void add_length(struct git_env *env, int body_fd)
{
    struct stat body = { 0 };
    char text[24];

    if (body_fd < 0 || lseek(body_fd, 0, SEEK_SET) != 0 || fstat(body_fd, &body) != 0)
        return;
    (void)snprintf(text, sizeof(text), "%lld", (long long)body.st_size);
    git_env_add(env, "CONTENT_LENGTH", text);
}

static void set_env(struct git_env *env, const struct git_http_call *call)
{
    git_env_init(env, call->config);
    for (size_t i = 0; i < sizeof(fixed_env) / sizeof(fixed_env[0]); i++)
        git_env_add(env, fixed_env[i][0], fixed_env[i][1]);
    git_env_add(env, "GIT_PROJECT_ROOT", call->root);
    git_env_add(env, "PATH_INFO", call->path);
    git_env_add(env, "REQUEST_METHOD", call->method);
    git_env_add(env, "QUERY_STRING", call->query);
    git_env_add(env, "CONTENT_TYPE", call->content_type);
    git_env_add(env, "HTTP_CONTENT_ENCODING", call->content_encoding);
    git_env_add(env, "GIT_PROTOCOL", call->protocol);
    git_env_add(env, "REMOTE_USER", call->user);
    add_length(env, call->body_fd);
    for (const char *const *var = call->env; var && *var; var++)
        git_env_set(env, *var);
}

int git_http_start(struct cgi *ret, const struct git_http_call *call, struct err *err)
{
    static const char *const argv[] = { "git", "http-backend", NULL };
    struct git_env env;

    set_env(&env, call);
    const struct cgi_call program = { .argv = argv,
                                      .env = (const char *const *)env.vars,
                                      .body_fd = call->body_fd,
                                      .held_fd = call->held_fd,
                                      .asked = call->asked,
                                      .ctx = call->ctx };
    int rc = cgi_start(ret, &program, err);
    git_env_finish(&env);
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
