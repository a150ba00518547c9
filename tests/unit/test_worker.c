/* SPDX-License-Identifier: Apache-2.0 */
#include "base/worker.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

enum { FRAME_DATA = 7 };

/* ---- what the children do ---- */

static int run_echo(struct worker_io *io, const json_t *request, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "request");
    int64_t n = json_i64(&r, request, "frames", 0, 1000);
    const char *text = json_str(&r, request, "text", JSON_REQUIRED);
    int rc = json_reader_check(&r, err);
    for (int64_t i = 0; rc == 0 && i < n; i++)
        rc = worker_send(io, FRAME_DATA + (uint32_t)i, text, strlen(text), err);
    return rc;
}

static int run_refuse(struct worker_io *io, const json_t *request, struct err *err)
{
    (void)io;
    (void)request;
    return err_set(err, ERR_REFUSED, "contrib/a/x.png: not an image");
}

static int run_spin(struct worker_io *io, const json_t *request, struct err *err)
{
    volatile uint64_t turns = 0;

    (void)io;
    (void)request;
    (void)err;
    while (turns < UINT64_MAX)
        turns++;
    return 0;
}

static int run_bomb(struct worker_io *io, const json_t *request, struct err *err)
{
    (void)io;
    (void)request;
    (void)err;
    for (int mib = 0; mib < 4096; mib++)
        memset(xmalloc(1 << 20), 1, 1 << 20);
    return 0;
}

static int run_vanish(struct worker_io *io, const json_t *request, struct err *err)
{
    (void)io;
    (void)request;
    (void)err;
    _exit(0);
}

/* Sends its own process id, then waits for ever; {"deaf": true} refuses the parent's signal. */
static int run_hang(struct worker_io *io, const json_t *request, struct err *err)
{
    pid_t self = getpid();

    if (json_is_true(json_object_get(request, "deaf")))
        (void)prctl(PR_SET_PDEATHSIG, 0);
    int rc = worker_send(io, FRAME_DATA, &self, sizeof(self), err);
    while (rc == 0)
        (void)pause();
    return rc;
}

static const struct worker_kind echo = { "echo", WORKER_JAILED, 0, 0, run_echo, NULL };
static const struct worker_kind refuse = { "refuse", WORKER_NETWORKED, 0, 0, run_refuse, NULL };
static const struct worker_kind spin = { "spin", WORKER_JAILED, 0, 0, run_spin, NULL };
static const struct worker_kind burn = { "burn", WORKER_JAILED, 0, 1, run_spin, NULL };
static const struct worker_kind bomb = { "bomb", WORKER_JAILED, 256 << 20, 5, run_bomb, NULL };
static const struct worker_kind vanish = { "vanish", WORKER_JAILED, 0, 0, run_vanish, NULL };
static const struct worker_kind hang = { "hang", WORKER_NETWORKED, 0, 0, run_hang, NULL };
static const struct worker_kind unlisted = { "unlisted", WORKER_JAILED, 0, 0, run_echo, NULL };
static const struct worker_kind *const kinds[] = {
    &echo, &refuse, &spin, &burn, &bomb, &vanish, &hang, NULL,
};

/* ---- the parent ---- */

struct heard {
    struct buf text;
    uint32_t last_type;
    size_t frames;
    int answer; /* what on_frame returns */
};

static int hear(void *ctx, const struct worker_frame *frame, struct err *err)
{
    struct heard *heard = ctx;

    buf_add(&heard->text, frame->data, frame->len);
    heard->last_type = frame->type;
    heard->frames++;
    return heard->answer == 0 ? 0 : err_set(err, ERR_PARSE, "do not like frame");
}

static int call(const struct worker_kind *kind, struct heard *heard, json_t *request,
                int64_t deadline_ms, struct err *err)
{
    struct worker_call worker_call = {
        .kind = kind,
        .request = request,
        .deadline_ms = deadline_ms,
        .max_frame = 1024,
        .max_total = 4096,
        .on_frame = hear,
        .ctx = heard,
    };

    int rc = worker_run(&worker_call, err);
    json_decref(request);
    return rc;
}

static json_t *echo_request(int frames, size_t len)
{
    char *text = xcalloc(1, len + 1);

    memset(text, 'x', len);
    json_t *request = json_pack("{s:i, s:s}", "frames", frames, "text", text);
    free(text);
    return request;
}

static int start_hearing(void **state)
{
    struct heard *heard = xcalloc(1, sizeof(*heard));

    buf_init(&heard->text, 1 << 20);
    *state = heard;
    return 0;
}

static int stop_hearing(void **state)
{
    struct heard *heard = *state;

    buf_finish(&heard->text);
    free(heard);
    return 0;
}

static void frames_arrive_in_order_with_their_bytes(void **state)
{
    struct heard *heard = *state;
    struct err err = { 0 };

    assert_int_equal(call(&echo, heard, echo_request(3, 1024), 20000, &err), 0);
    assert_int_equal(heard->frames, 3);
    assert_int_equal(heard->last_type, FRAME_DATA + 2);
    assert_int_equal(heard->text.len, 3 * 1024);
}

static void a_frame_may_be_empty(void **state)
{
    struct heard *heard = *state;

    assert_int_equal(call(&echo, heard, echo_request(2, 0), 20000, NULL), 0);
    assert_int_equal(heard->frames, 2);
}

static void the_error_of_the_child_keeps_code_and_text(void **state)
{
    struct err err = { 0 };

    assert_int_equal(call(&refuse, *state, json_object(), 20000, &err), -ERR_REFUSED);
    assert_string_equal(err.msg, "contrib/a/x.png: not an image");
}

static void a_frame_past_its_limit_ends_the_worker(void **state)
{
    struct heard *heard = *state;
    struct err err = { 0 };

    assert_int_equal(call(&echo, heard, echo_request(1, 1025), 20000, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "1025"));
    assert_int_equal(heard->frames, 0);
}

static void all_frames_together_have_a_limit(void **state)
{
    struct heard *heard = *state;

    assert_int_equal(call(&echo, heard, echo_request(900, 1000), 20000, NULL), -ERR_LIMIT);
    assert_int_equal(heard->frames, 4);
}

static void a_request_past_its_limit_starts_nothing(void **state)
{
    struct err err = { 0 };

    assert_int_equal(call(&echo, *state, echo_request(1, 64 << 20), 20000, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "request"));
}

static void a_frame_that_the_parent_refuses_ends_the_worker(void **state)
{
    struct heard *heard = *state;

    heard->answer = -ERR_PARSE;
    assert_int_equal(call(&echo, heard, echo_request(900, 2), 20000, NULL), -ERR_PARSE);
    assert_int_equal(heard->frames, 1);
}

static void an_endless_loop_ends_at_the_deadline(void **state)
{
    struct err err = { 0 };

    assert_int_equal(call(&spin, *state, json_object(), 300, &err), -ERR_TIMEOUT);
    assert_non_null(strstr(err.msg, "300 ms"));
}

static void processor_time_has_a_limit(void **state)
{
    struct err err = { 0 };

    assert_int_equal(call(&burn, *state, json_object(), 30000, &err), -ERR_TIMEOUT);
    assert_non_null(strstr(err.msg, "processor time"));
}

static void a_memory_bomb_hits_only_itself(void **state)
{
    struct err err = { 0 };

    if (!worker_is_jailed_build())
        return; /* a sanitizer owns the address space */
    assert_int_equal(call(&bomb, *state, json_object(), 30000, &err), -ERR_CRASH);
    assert_non_null(strstr(err.msg, "SIGABRT"));
}

static void leaving_without_a_result_is_a_crash(void **state)
{
    assert_int_equal(call(&vanish, *state, json_object(), 20000, NULL), -ERR_CRASH);
}

static void a_kind_outside_the_table_is_a_crash_that_says_so(void **state)
{
    struct err err = { 0 };

    assert_int_equal(call(&unlisted, *state, json_object(), 20000, &err), -ERR_CRASH);
    assert_non_null(strstr(err.msg, "no such worker"));
}

static void nobody_is_left_behind(void **state)
{
    (void)call(&spin, *state, json_object(), 50, NULL);
    (void)call(&echo, *state, echo_request(1, 1), 20000, NULL);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* ---- a parent that is killed while its worker works ---- */

static int print_pid(void *ctx, const struct worker_frame *frame, struct err *err)
{
    (void)ctx;
    return write(STDOUT_FILENO, frame->data, frame->len) < 0 ? err_errno(err, "write") : 0;
}

static int be_the_parent(const char *how)
{
    struct worker_call hang_call = {
        .kind = &hang,
        .request = json_pack("{s:b}", "deaf", strcmp(how, "deaf") == 0),
        .deadline_ms = 60000,
        .max_frame = 64,
        .max_total = 64,
        .on_frame = print_pid,
    };

    return worker_run(&hang_call, NULL) == 0 ? 0 : 1;
}

static void kill_parent_and_expect_death_of_child(const char *how)
{
    char name[] = "test_worker", option[] = "--parent", *mode = xstrdup(how);
    char *argv[] = { name, option, mode, NULL };
    char *env[] = { NULL };
    posix_spawn_file_actions_t files;
    pid_t parent, child;
    int fds[2], status = 0;

    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe(fds), 0);
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_adddup2(&files, fds[1], STDOUT_FILENO);
    assert_int_equal(posix_spawn(&parent, "/proc/self/exe", &files, NULL, argv, env), 0);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)close(fds[1]);
    assert_int_equal(read(fds[0], &child, sizeof(child)), sizeof(child));
    (void)close(fds[0]);

    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    free(mode);
}

static void the_child_dies_with_its_parent(void **state)
{
    (void)state;
    kill_parent_and_expect_death_of_child("hearing");
}

static void the_end_of_its_pipe_kills_the_child_too(void **state)
{
    (void)state;
    kill_parent_and_expect_death_of_child("deaf");
}

#define WORKER_TEST(name) cmocka_unit_test_setup_teardown(name, start_hearing, stop_hearing)

int main(int argc, char **argv)
{
    int code = 0;

    if (worker_main(&code, argc, argv, kinds))
        return code;
    if (argc == 3 && strcmp(argv[1], "--parent") == 0)
        return be_the_parent(argv[2]);

    const struct CMUnitTest tests[] = {
        WORKER_TEST(frames_arrive_in_order_with_their_bytes),
        WORKER_TEST(a_frame_may_be_empty),
        WORKER_TEST(the_error_of_the_child_keeps_code_and_text),
        WORKER_TEST(a_frame_past_its_limit_ends_the_worker),
        WORKER_TEST(all_frames_together_have_a_limit),
        WORKER_TEST(a_request_past_its_limit_starts_nothing),
        WORKER_TEST(a_frame_that_the_parent_refuses_ends_the_worker),
        WORKER_TEST(an_endless_loop_ends_at_the_deadline),
        WORKER_TEST(processor_time_has_a_limit),
        WORKER_TEST(a_memory_bomb_hits_only_itself),
        WORKER_TEST(leaving_without_a_result_is_a_crash),
        WORKER_TEST(a_kind_outside_the_table_is_a_crash_that_says_so),
        WORKER_TEST(nobody_is_left_behind),
        WORKER_TEST(the_child_dies_with_its_parent),
        WORKER_TEST(the_end_of_its_pipe_kills_the_child_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
