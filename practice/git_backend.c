/* SPDX-License-Identifier: Apache-2.0
 * Clone, fetch and push: `git http-backend` run as a CGI program for one request each.
 * Everybody may read, the token's owner may push with a role that allows it. refs/pull/ is
 * read-only. The child gets an environment of its own, and dies after a minute of silence. */
#include "practice/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/parse.h"
#include "base/text.h"
#include "practice/call.h"
#include "practice/practice.h"

enum { OUTPUT_MAX_BYTES = 60 << 20, SILENCE_MS = 60000, ENV_MAX = 32 };

/* Settings that would otherwise have to stand in the repository's own file. */
static const char *const fixed_env[] = {
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM=1",
    "GIT_CONFIG_GLOBAL=/dev/null",
    "GIT_HTTP_EXPORT_ALL=1",
    "GATEWAY_INTERFACE=CGI/1.1",
    "SERVER_PROTOCOL=HTTP/1.1",
    "REMOTE_ADDR=127.0.0.1",
    "GIT_CONFIG_COUNT=5",
    "GIT_CONFIG_KEY_0=safe.directory",
    "GIT_CONFIG_VALUE_0=*",
    "GIT_CONFIG_KEY_1=http.receivepack",
    "GIT_CONFIG_VALUE_1=true",
    "GIT_CONFIG_KEY_2=receive.hideRefs",
    "GIT_CONFIG_VALUE_2=refs/pull",
    "GIT_CONFIG_KEY_3=uploadpack.allowReachableSHA1InWant",
    "GIT_CONFIG_VALUE_3=true",
    "GIT_CONFIG_KEY_4=gc.auto",
    "GIT_CONFIG_VALUE_4=0",
};

/* A NULL-terminated environment for posix_spawn. */
struct env {
    char *vars[ENV_MAX];
    size_t n;
};

static void env_add(struct env *env, const char *name, const char *value)
{
    if (value && env->n + 1 < ENV_MAX)
        env->vars[env->n++] = xasprintf("%s=%s", name, value);
}

static void env_finish(struct env *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->vars[i]);
}

static void env_init(struct env *env, const struct practice *p, const struct ask *ask,
                     const char *rest)
{
    const json_t *repo = state_repo(&p->forge.state);
    char *root = fs_path(p->forge.dir, "git", NULL);
    char *path =
        xasprintf("/%s/%s.git%s", row_str(repo, "owner"), row_str(repo, "git_name"), rest);
    char *length = xasprintf("%zu", ask->body_len);

    *env = (struct env){ 0 };
    for (size_t i = 0; i < sizeof(fixed_env) / sizeof(fixed_env[0]); i++)
        env->vars[env->n++] = xstrdup(fixed_env[i]);
    env_add(env, "GIT_PROJECT_ROOT", root);
    env_add(env, "PATH_INFO", path);
    env_add(env, "REQUEST_METHOD", ask->method);
    env_add(env, "QUERY_STRING", ask->query);
    env_add(env, "CONTENT_LENGTH", length);
    env_add(env, "CONTENT_TYPE", ask->header(ask->ctx, "Content-Type"));
    env_add(env, "HTTP_CONTENT_ENCODING", ask->header(ask->ctx, "Content-Encoding"));
    env_add(env, "GIT_PROTOCOL", ask->header(ask->ctx, "Git-Protocol"));
    env_add(env, "REMOTE_USER", PRACTICE_BOT);
    free(length);
    free(path);
    free(root);
}

/* The request's body as a file that has no name: a pipe could fill up on both sides. */
static int open_body(const struct practice *p, const struct ask *ask, struct err *err)
{
    char *path = fs_path(p->forge.dir, "body-XXXXXX", NULL);
    size_t done = 0;

    int fd = mkstemp(path);
    if (fd < 0) {
        int rc = err_errno(err, "cannot create '%s'", path);
        free(path);
        return rc;
    }
    (void)unlink(path);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    free(path);
    while (done < ask->body_len) {
        ssize_t n = write(fd, ask->body + done, ask->body_len - done);

        if (n < 0 && errno != EINTR) {
            int rc = err_errno(err, "cannot keep the body of a push");
            (void)close(fd);
            return rc;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        (void)close(fd);
        return err_errno(err, "cannot rewind the body of a push");
    }
    return fd;
}

/* Our threads block signals and ignore a broken pipe; the program shall do neither. */
static void reset_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, pipe_only;

    (void)sigemptyset(&none);
    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    (void)posix_spawnattr_init(attributes);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &pipe_only);
    (void)posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn_git(pid_t *ret_pid, int in, int out, char *const *env, struct err *err)
{
    char program[] = "git", subcommand[] = "http-backend";
    char *argv[] = { program, subcommand, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    reset_signals(&attributes);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(ret_pid, "git", &actions, &attributes, argv, env);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    if (failed == 0)
        return 0;
    errno = failed;
    return err_errno(err, "cannot run 'git http-backend'");
}

static int read_output(struct buf *out, int fd, struct err *err)
{
    char piece[65536];

    for (;;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };

        if (poll(&ready, 1, SILENCE_MS) == 0)
            return err_set(err, ERR_TIMEOUT, "git http-backend said nothing for %d s",
                           SILENCE_MS / 1000);
        ssize_t n = read(fd, piece, sizeof(piece));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, "cannot read from git http-backend");
        if (n == 0)
            return buf_check(out, "git http-backend", err);
        buf_add(out, piece, (size_t)n);
        if (out->overflow)
            return buf_check(out, "git http-backend", err);
    }
}

/* Runs the program over one request; its whole output goes to out. */
static int run_git(struct buf *out, const struct practice *p, const struct ask *ask,
                   struct env *env, struct err *err)
{
    int ends[2] = { -1, -1 }, status = 0, rc;
    pid_t pid = -1;

    int in = open_body(p, ask, err);
    if (in < 0)
        return in;
    rc = pipe(ends) == 0 ? 0 : err_errno(err, "cannot make a pipe");
    if (rc == 0) {
        (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
        rc = spawn_git(&pid, in, ends[1], env->vars, err);
        (void)close(ends[1]);
    }
    (void)close(in);
    if (rc == 0)
        rc = read_output(out, ends[0], err);
    if (rc < 0 && pid > 0)
        (void)kill(pid, SIGKILL);
    if (pid > 0)
        (void)waitpid(pid, &status, 0);
    if (ends[0] >= 0)
        (void)close(ends[0]);
    return rc;
}

/* Content types are few and must outlive the reply, which does not own them. */
static const char *known_type(const char *value, size_t len)
{
    static const char *const types[] = {
        "application/x-git-upload-pack-advertisement",
        "application/x-git-receive-pack-advertisement",
        "application/x-git-upload-pack-result",
        "application/x-git-receive-pack-result",
        "text/plain; charset=utf-8",
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strlen(types[i]) == len && strncmp(types[i], value, len) == 0)
            return types[i];
    }
    return "application/octet-stream";
}

/* "Status: 404 Not Found", "Content-Type: ..", a blank line, the body. */
static void take_output(struct reply *reply, const struct buf *out)
{
    const char *line = out->data;

    reply->status = 200;
    for (size_t len; (len = strcspn(line, "\r\n")) > 0;) {
        int64_t status;

        if (strncmp(line, "Status: ", 8) == 0) {
            char *code = xstrndup(line + 8, 3);

            if (parse_i64(&status, code, 100, 599, "Status", NULL) == 0)
                reply->status = (int)status;
            free(code);
        } else if (strncmp(line, "Content-Type: ", 14) == 0) {
            reply->content_type = known_type(line + 14, len - 14);
        }
        line += len;
        line += *line == '\r';
        line += *line == '\n';
    }
    line += *line == '\r';
    line += *line == '\n';
    buf_add(&reply->body, line, out->len - (size_t)(line - out->data));
    reply_header(reply, "Cache-Control", "no-cache");
}

static int refuse(struct reply *reply, int status, const char *text)
{
    reply->status = status;
    reply->content_type = "text/plain; charset=utf-8";
    buf_add_str(&reply->body, text);
    if (status == 401)
        reply_header(reply, "WWW-Authenticate", "Basic realm=\"practice forge\"");
    return -1;
}

static int check_access(const struct practice *p, const struct ask *ask, const char *rest,
                        struct reply *reply)
{
    bool is_push = strstr(ask->query, "git-receive-pack") || strstr(rest, "git-receive-pack");
    enum sign sign = practice_sign(p, ask);

    if (row_int(state_repo(&p->forge.state), "gone") > 0)
        return refuse(reply, 404, "Repository not found.\n");
    if (sign == SIGN_WRONG || (is_push && sign == SIGN_NONE))
        return refuse(reply, 401, "Invalid username or token.\n");
    if (is_push && right_of(&p->forge.state, PRACTICE_BOT) < RIGHT_PUSH)
        return refuse(reply, 403, "Permission to the repository denied.\n");
    return 0;
}

void practice_git(struct practice *p, const struct ask *ask, const char *rest,
                  struct reply *reply)
{
    struct err err = { 0 };
    struct buf out;
    struct env env;

    (void)pthread_mutex_lock(&p->lock);
    int rc = check_access(p, ask, rest, reply);
    if (rc == 0)
        env_init(&env, p, ask, rest);
    (void)pthread_mutex_unlock(&p->lock);
    if (rc < 0)
        return;

    buf_init(&out, OUTPUT_MAX_BYTES);
    if (run_git(&out, p, ask, &env, &err) < 0)
        (void)refuse(reply, 500, err.msg);
    else
        take_output(reply, &out);
    buf_finish(&out);
    env_finish(&env);
}
