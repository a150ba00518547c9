/* SPDX-License-Identifier: Apache-2.0
 * tests/support/scripted_http.h
 * scripted_http: an HTTP client that answers from a list and remembers what it was asked.
 * Its clock stands still but for sleeps. Asking for more than the list holds fails the test. */
#ifndef TESTS_SUPPORT_SCRIPTED_HTTP_H
#define TESTS_SUPPORT_SCRIPTED_HTTP_H
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/http.h"

enum { SCRIPT_MAX = 32, SCRIPT_NOW = 1700000000 };

struct scripted_answer {
    int status;              /* or a negative error instead of an answer */
    const char *headers[12]; /* name, value, ... in lower case */
    const char *body;        /* NULL: "" */
};

struct scripted_http {
    struct http_client http; /* first: it is the client */
    struct clock clock;
    int64_t now_ms;
    const struct scripted_answer *answers;
    size_t n_answers;
    /* What was asked: "METHOD URL" and header values, "" where absent. */
    size_t n_asked;
    struct {
        char line[600], authorization[1000], none_match[100], accept[100], body[300];
    } asked[SCRIPT_MAX];
};

void scripted_http_init(struct scripted_http *s);
/* From the first answer on; what was asked is forgotten. */
void scripted_http_play(struct scripted_http *s, const struct scripted_answer *answers,
                        size_t n);

#endif
