/* SPDX-License-Identifier: Apache-2.0
 * Replies that are remembered, and what makes them forgotten. */
#include "base/httpd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/unit/loopback.h"

enum { AWHILE_MS = 4000 };

struct fixture {
    struct httpd *httpd;
    atomic_int calls;
    sem_t may_go_on; /* a second answer that is remembered for a while */
};

static int64_t remembered_ms(const char *query)
{
    return strcmp(query, "soon") == 0 ? 1 : strcmp(query, "awhile") == 0 ? AWHILE_MS : 3600000;
}

static int answer(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct fixture *fix = ctx;
    const char *query = httpd_query(req);

    fix->calls++;
    if (strcmp(query, "awhile") == 0 && fix->calls == 2)
        (void)sem_wait(&fix->may_go_on);
    httpd_remember(req, remembered_ms(query));
    httpd_reply_header(req, "X-Call", "%d", (int)fix->calls);
    buf_printf(&res->body, "<%s %s>", httpd_header(req, "Host"), query);
    return strcmp(query, "gone") == 0 ? 404 : 200;
}

static int change(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)res;
    (void)ctx;
    return 204;
}

static const struct httpd_route routes[] = {
    { "GET", "/a", answer, 0 },
    { "POST", "/change", change, 100 },
    { NULL, NULL, NULL, 0 },
};

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .routes = routes,
                                           .ctx = fix,
                                           .threads = 3,
                                           .blocking_threads = 1,
                                           .has_request_ids = true };

    (void)signal(SIGPIPE, SIG_IGN);
    *state = fix;
    (void)sem_init(&fix->may_go_on, 0, 0);
    return httpd_start(&fix->httpd, &options, NULL);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    httpd_stop(fix->httpd);
    (void)sem_destroy(&fix->may_go_on);
    free(fix);
    return 0;
}

/* Sends one request; the answer must hold text. */
static void ask(const struct fixture *fix, const char *line, const char *headers,
                const char *text)
{
    char *request = xasprintf("%s HTTP/1.1\r\n%sConnection: close\r\n\r\n", line, headers);
    int fd = dial(fix->httpd);

    send_text(fd, request);
    char *said = read_all(fd);
    if (!strstr(said, text))
        fail_msg("no '%s' in: %s", text, said);
    free(said);
    free(request);
}

static void same_question_is_answered_once(void **state)
{
    struct fixture *fix = *state;

    for (size_t i = 0; i < 3; i++)
        ask(fix, "GET /a", "Host: h\r\n", "X-Call: 1\r\n");
    ask(fix, "GET /a", "Host: h\r\n", "<h >");
    assert_int_equal(fix->calls, 1);
}

static void other_questions_are_asked(void **state)
{
    static const struct {
        const char *line, *headers;
    } others[] = {
        { "GET /a?x", "Host: h\r\n" },
        { "GET /a", "Host: other\r\n" },
        { "HEAD /a", "Host: h\r\n" },
        { "GET /a", "Host: h\r\nAuthorization: Bearer x\r\n" },
        { "GET /a", "Host: h\r\nRange: bytes=0-0\r\n" },
        { "GET /a", "Host: h\r\nIf-None-Match: \"x\"\r\n" },
    };
    struct fixture *fix = *state;

    ask(fix, "GET /a", "Host: h\r\n", "X-Call: 1\r\n");
    for (int i = 0; i < 6; i++) {
        ask(fix, others[i].line, others[i].headers, "HTTP/1.1 200");
        assert_int_equal(fix->calls, i + 2);
    }
    ask(fix, "GET /a", "Host: h\r\n", "X-Call: 1\r\n");
}

static void what_was_asked_with_a_token_is_not_remembered(void **state)
{
    struct fixture *fix = *state;

    ask(fix, "GET /a", "Host: h\r\nAuthorization: Bearer x\r\n", "X-Call: 1\r\n");
    ask(fix, "GET /a", "Host: h\r\n", "X-Call: 2\r\n");
}

static void errors_are_not_remembered(void **state)
{
    struct fixture *fix = *state;

    ask(fix, "GET /a?gone", "Host: h\r\n", "X-Call: 1\r\n");
    ask(fix, "GET /a?gone", "Host: h\r\n", "X-Call: 2\r\n");
}

static void a_change_makes_all_forgotten(void **state)
{
    struct fixture *fix = *state;

    ask(fix, "GET /a", "Host: h\r\n", "X-Call: 1\r\n");
    ask(fix, "POST /change", "Host: h\r\nContent-Length: 0\r\n", "204");
    ask(fix, "GET /a", "Host: h\r\n", "X-Call: 2\r\n");
}

static void time_makes_it_forgotten(void **state)
{
    struct fixture *fix = *state;

    for (size_t i = 0; fix->calls < 2; i++) {
        assert_true(i < 100000);
        ask(fix, "GET /a?soon", "Host: h\r\n", "X-Call");
    }
}

static void *ask_anew(void *arg)
{
    ask(arg, "GET /a?awhile", "Host: h\r\n", "X-Call: 2\r\n");
    return NULL;
}

/* After half the time the old answer is still good enough for all but one. */
static void one_goes_for_a_new_answer_while_others_get_the_old(void **state)
{
    struct fixture *fix = *state;
    pthread_t thread;

    ask(fix, "GET /a?awhile", "Host: h\r\n", "X-Call: 1\r\n");
    ask(fix, "GET /a?awhile", "Host: h\r\n", "X-Call: 1\r\n");
    (void)poll(NULL, 0, AWHILE_MS / 2 + 100);
    assert_int_equal(pthread_create(&thread, NULL, ask_anew, fix), 0);
    while (fix->calls < 2)
        (void)poll(NULL, 0, 1);
    for (size_t i = 0; i < 3; i++)
        ask(fix, "GET /a?awhile", "Host: h\r\n", "X-Call: 1\r\n");
    (void)sem_post(&fix->may_go_on);
    assert_int_equal(pthread_join(thread, NULL), 0);
    ask(fix, "GET /a?awhile", "Host: h\r\n", "X-Call: 2\r\n");
    assert_int_equal(fix->calls, 2);
}

enum { ASKERS = 4, QUESTIONS = 200, IDS = ASKERS * QUESTIONS };

struct asker {
    const struct fixture *fix;
    pthread_t thread;
    char *said;
};

/* The same question over and over on one connection, without waiting for answers. */
static void *ask_on(void *arg)
{
    struct asker *asker = arg;
    struct buf questions;
    int fd = dial(asker->fix->httpd);

    buf_init(&questions, 1 << 20);
    for (int i = 1; i < QUESTIONS; i++)
        buf_add_str(&questions, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    buf_add_str(&questions, "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    send_text(fd, questions.data);
    asker->said = read_all(fd);
    buf_finish(&questions);
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void each_reply_has_an_id_of_its_own(void **state)
{
    static const char name[] = "\r\nX-Request-Id: ";
    struct fixture *fix = *state;
    struct asker askers[ASKERS];
    static char ids[IDS + 1][17];
    size_t n = 0;

    for (size_t i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){ .fix = fix };
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_on, &askers[i]), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        for (const char *at = askers[i].said; (at = strstr(at, name)) && n <= IDS; n++) {
            at += strlen(name);
            (void)snprintf(ids[n], sizeof(ids[n]), "%s", at);
        }
        free(askers[i].said);
    }
    assert_int_equal(n, IDS);
    assert_true(fix->calls < IDS / 2); /* most were remembered */
    qsort(ids, n, sizeof(ids[0]), by_text);
    for (size_t i = 1; i < n; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(same_question_is_answered_once),
        SERVED(other_questions_are_asked),
        SERVED(what_was_asked_with_a_token_is_not_remembered),
        SERVED(errors_are_not_remembered),
        SERVED(a_change_makes_all_forgotten),
        SERVED(time_makes_it_forgotten),
        SERVED(one_goes_for_a_new_answer_while_others_get_the_old),
        SERVED(each_reply_has_an_id_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
