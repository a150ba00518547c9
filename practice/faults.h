/* SPDX-License-Identifier: Apache-2.0
 * practice/faults.h
 * faults: the ways a real forge misbehaves, each with a probability per request. Drawn from a
 * seeded generator, so that a storm can be repeated. Some faults answer in place of the forge,
 * the others spoil the answer it gave. */
#ifndef PRACTICE_FAULTS_H
#define PRACTICE_FAULTS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/rng.h"

struct err;
struct reply;

enum fault {
    FAULT_NONE,
    FAULT_500,
    FAULT_502_HTML,
    FAULT_403,
    FAULT_403_RETRY_AFTER, /* the secondary rate limit */
    FAULT_429,             /* the primary one, used up */
    FAULT_429_RETRY_AFTER,
    FAULT_TRUNCATE,         /* half of the body, then the connection breaks */
    FAULT_SLOW,             /* a few seconds late */
    FAULT_DROP,             /* no reply, nothing done */
    FAULT_DROP_AFTER_WRITE, /* done, but no reply */
    FAULT_301,              /* to the same place by the repository's id */
    FAULT_NULL_LISTS,       /* null for an empty list */
    N_FAULTS,
};

/* A request may ask for its own fault: "Practice-Fault: drop-after-write". */
#define FAULT_HEADER "Practice-Fault"

enum { FAULT_SLOW_MS = 3000, FAULT_RETRY_AFTER_S = 7 };

struct faults {
    double p[N_FAULTS];
    struct rng rng;
};

void faults_init(struct faults *f, uint64_t seed);

/* "502-html" or "502-html=0.2"; without P it is 1. "none" clears them all. */
int faults_set(struct faults *f, const char *text, struct err *err);
json_t *faults_show(const struct faults *f); /* {"502-html": 0.2} */

/* FAULT_NONE when there is no such. For one request, which names it in a header. */
enum fault faults_named(const char *name);

/* At most one fault per request: the first of the list whose draw hits. The number of draws
 * is the same for every request, so one fault's probability does not move another's dice. */
enum fault faults_draw(struct faults *f);

/* True when the fault answers by itself; reply is then complete. */
bool faults_answer(enum fault fault, int64_t now, struct reply *reply);

/* Spoils a finished reply to a request of that method. */
void faults_spoil(enum fault fault, const char *method, struct reply *reply);

#endif
