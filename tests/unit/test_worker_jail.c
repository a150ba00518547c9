/* SPDX-License-Identifier: Apache-2.0
 * The jail is tested by committing each crime in it. */
#include "base/worker.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git.h"

enum { FRAME_DATA = 1 };

/* Says which descriptors are open and what the environment tells. */
static int run_look_around(struct worker_io *io, const json_t *request, struct err *err)
{
    struct buf text;
    char **names = NULL;
    size_t n = 0;

    (void)request;
    int rc = fs_list(&names, &n, "/proc/self/fd", 100, err);
    if (rc < 0)
        return rc;
    buf_init(&text, 4096);
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s ", names[i]);
    buf_printf(&text, "secret=%s isa=%s", getenv("HEARTH_TEST_SECRET") ? "seen" : "unseen",
               getenv("HEARTH_ISA") ? getenv("HEARTH_ISA") : "unset");
    rc = worker_send(io, FRAME_DATA, text.data, text.len, err);
    buf_finish(&text);
    fs_list_free(names, n);
    return rc;
}

static void *count_up(void *arg)
{
    int *counter = arg;

    *counter += 1;
    return NULL;
}

/* What honest work needs: files, mappings, threads, time, chance, memory. */
static int run_honest(struct worker_io *io, const json_t *request, struct err *err)
{
    const char *path = json_string_value(json_object_get(request, "path"));
    struct timespec now;
    struct buf text;
    unsigned char chance[16];
    pthread_t thread;
    int counter = 0;

    buf_init(&text, 4096);
    int rc = fs_read(&text, path, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *map = mmap(NULL, text.len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (rc == 0 && (map == MAP_FAILED || memcmp(map, text.data, text.len) != 0))
        rc = err_set(err, ERR_IO, "mapping differs");
    if (rc == 0 && (pthread_create(&thread, NULL, count_up, &counter) != 0 ||
                    pthread_join(thread, NULL) != 0 || counter != 1))
        rc = err_set(err, ERR_IO, "no thread");
    if (rc == 0 && clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        rc = err_set(err, ERR_IO, "no clock");
    fs_random(chance, sizeof(chance));
    free(xmalloc(32 << 20));
    if (rc == 0)
        rc = worker_send(io, FRAME_DATA, text.data, 5, err);
    buf_finish(&text);
    return rc;
}

/* Sends the bytes of the only file at HEAD. */
static int run_read_git(struct worker_io *io, const json_t *request, struct err *err)
{
    const struct git_tree_limits limits = { 10, 10, 100 };
    const char *path = json_string_value(json_object_get(request, "path"));
    char commit[GIT_HEX_SIZE];
    struct git_repo *repo = NULL;
    struct git_file *files = NULL;
    struct buf text;
    size_t n = 0;

    buf_init(&text, 100);
    int rc = git_setup(err);
    if (rc == 0)
        rc = git_open(&repo, path, err);
    if (rc == 0)
        rc = git_resolve(commit, repo, "main", err);
    if (rc == 0)
        rc = git_list_files(&files, &n, repo, commit, "", &limits, err);
    if (rc == 0)
        rc = git_read_blob(&text, repo, files[0].blob, err);
    if (rc == 0)
        rc = worker_send(io, FRAME_DATA, text.data, text.len, err);
    buf_finish(&text);
    git_files_free(files, n);
    git_close(repo);
    return rc;
}

/* {"path": may be read, "other": may not} */
static int run_pry(struct worker_io *io, const json_t *request, struct err *err)
{
    const char *other = json_string_value(json_object_get(request, "other"));
    struct buf text;

    buf_init(&text, 4096);
    int rc = fs_read(&text, json_string_value(json_object_get(request, "path")), err);
    if (rc == 0 && fs_read(&text, other, NULL) == 0)
        rc = err_set(err, ERR_DENIED, "'%s' could be read", other);
    if (rc == 0)
        rc = worker_send(io, FRAME_DATA, text.data, text.len, err);
    buf_finish(&text);
    return rc;
}

static void try_socket(const char *path)
{
    (void)path;
    (void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void try_write(const char *path)
{
    (void)!open(path, O_WRONLY | O_CREAT, 0600);
}

static void try_unlink(const char *path)
{
    (void)!unlink(path);
}

static void try_exec(const char *path)
{
    char name[] = "true";
    char *argv[] = { name, NULL };

    (void)path;
    (void)execv("/bin/true", argv);
}

static void try_fork(const char *path)
{
    (void)path;
    if (fork() == 0)
        _exit(0);
}

static void try_kill(const char *path)
{
    (void)path;
    (void)kill(getppid(), SIGTERM);
}

static void try_map_code(const char *path)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    (void)path;
    (void)!mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
}

static const struct crime {
    const char *name;
    void (*try)(const char *path);
} crimes[] = {
    { "socket", try_socket }, { "write", try_write }, { "unlink", try_unlink },
    { "exec", try_exec },     { "fork", try_fork },   { "kill", try_kill },
    { "code", try_map_code },
};
enum { N_CRIMES = sizeof(crimes) / sizeof(crimes[0]) };

static int run_crime(struct worker_io *io, const json_t *request, struct err *err)
{
    const char *name = json_string_value(json_object_get(request, "crime"));

    (void)io;
    for (size_t i = 0; i < N_CRIMES; i++) {
        if (strcmp(crimes[i].name, name) == 0)
            crimes[i].try(json_string_value(json_object_get(request, "path")));
    }
    return err_set(err, ERR_DENIED, "the crime '%s' was not stopped", name);
}

static const char *const path_field[] = { "path", NULL };
static const struct worker_kind look = { "look", WORKER_JAILED, 0, 0, run_look_around, NULL };
static const struct worker_kind honest = { "honest", WORKER_JAILED, 1 << 30,
                                           9,        run_honest,    path_field };
static const struct worker_kind crime = { "crime", WORKER_JAILED, 0, 9, run_crime, NULL };
static const struct worker_kind read_git = { "read-git", WORKER_JAILED, 1 << 30,
                                             9,          run_read_git,  path_field };
static const struct worker_kind pry = { "pry", WORKER_JAILED, 0, 9, run_pry, path_field };
static const struct worker_kind *const kinds[] = {
    &look, &honest, &crime, &read_git, &pry, NULL
};

static int hear(void *ctx, const struct worker_frame *frame, struct err *err)
{
    (void)err;
    buf_add(ctx, frame->data, frame->len);
    return 0;
}

/* Takes the request. */
static int call(const struct worker_kind *kind, struct buf *heard, json_t *request,
                struct err *err)
{
    struct worker_call worker_call = {
        .kind = kind,
        .request = request,
        .deadline_ms = 20000,
        .max_frame = 1024,
        .max_total = 4096,
        .on_frame = hear,
        .ctx = heard,
    };

    int rc = worker_run(&worker_call, err);
    json_decref(request);
    return rc;
}

static void the_child_inherits_neither_descriptors_nor_secrets(void **state)
{
    struct buf heard;
    int fd = open("/dev/null", O_RDONLY);

    (void)state;
    buf_init(&heard, 4096);
    assert_true(fd >= 0);
    assert_int_equal(setenv("HEARTH_TEST_SECRET", "s3cret", 1), 0);
    assert_int_equal(setenv("HEARTH_ISA", "baseline", 1), 0);
    assert_int_equal(call(&look, &heard, json_object(), NULL), 0);
    /* 4 is the folder that it lists */
    assert_string_equal(heard.data, "0 1 2 3 4 secret=unseen isa=baseline");
    assert_int_equal(unsetenv("HEARTH_ISA"), 0);
    (void)close(fd);
    buf_finish(&heard);
}

static void honest_work_is_possible_in_the_jail(void **state)
{
    struct buf heard;
    struct err err = { 0 };

    (void)state;
    buf_init(&heard, 4096);
    int rc = call(&honest, &heard, json_pack("{s:s}", "path", "/etc/passwd"), &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(rc, 0);
    assert_non_null(strstr(heard.data, "root:"));
    buf_finish(&heard);
}

static void only_what_the_request_names_can_be_read(void **state)
{
    struct err err = { 0 };
    struct buf heard;
    char *dir = NULL;

    (void)state;
    if (!worker_can_confine_reads())
        return;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "sample", NULL), *token = fs_path(dir, "token", NULL);
    char *environment = xasprintf("/proc/%ld/environ", (long)getpid());
    const char *const others[] = { token, "/etc/passwd", environment };
    assert_int_equal(fs_write(path, "x", 1, 0600, NULL), 0);
    assert_int_equal(fs_write(token, "s3cret", 6, 0600, NULL), 0);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        buf_init(&heard, 100);
        int rc =
            call(&pry, &heard, json_pack("{s:s, s:s}", "path", path, "other", others[i]), &err);
        assert_string_equal(err.msg, "");
        assert_int_equal(rc, 0);
        assert_string_equal(heard.data, "x");
        buf_finish(&heard);
    }
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(environment);
    free(token);
    free(path);
    free(dir);
}

static void git_objects_can_be_read_in_the_jail(void **state)
{
    const struct git_new_file file = { "one", "bytes", 5 };
    const struct git_new_commit one = { &file, 1, NULL, "a", "a@example.org", 0, "one" };
    char *dir = NULL, commit[GIT_HEX_SIZE];
    struct git_repo *repo = NULL;
    struct err err = { 0 };
    struct buf heard;

    (void)state;
    assert_int_equal(git_setup(NULL), 0);
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "x.git", NULL);
    assert_int_equal(git_init_bare(&repo, path, NULL), 0);
    assert_int_equal(git_commit_files(commit, repo, &one, NULL), 0);
    assert_int_equal(git_set_ref(repo, "refs/heads/main", commit, NULL, NULL), 0);
    buf_init(&heard, 100);

    int rc = call(&read_git, &heard, json_pack("{s:s}", "path", path), &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(rc, 0);
    assert_string_equal(heard.data, "bytes");
    buf_finish(&heard);
    git_close(repo);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(dir);
}

static void the_jail_stops_every_crime(void **state)
{
    char *dir = NULL;

    (void)state;
    if (!worker_is_jailed_build())
        return; /* seccomp and sanitizers do not go together */
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "written", NULL);
    for (size_t i = 0; i < N_CRIMES; i++) {
        json_t *request = json_pack("{s:s, s:s}", "crime", crimes[i].name, "path", path);
        struct err err = { 0 };

        assert_int_equal(call(&crime, NULL, request, &err), -ERR_CRASH);
        if (!strstr(err.msg, "forbidden system call"))
            fail_msg("%s: %s", crimes[i].name, err.msg);
        assert_false(fs_exists(path));
    }
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(dir);
}

int main(int argc, char **argv)
{
    int code = 0;

    if (worker_main(&code, argc, argv, kinds))
        return code;

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_inherits_neither_descriptors_nor_secrets),
        cmocka_unit_test(honest_work_is_possible_in_the_jail),
        cmocka_unit_test(only_what_the_request_names_can_be_read),
        cmocka_unit_test(git_objects_can_be_read_in_the_jail),
        cmocka_unit_test(the_jail_stops_every_crime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
