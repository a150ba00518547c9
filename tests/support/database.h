/* SPDX-License-Identifier: Apache-2.0
 * tests/support/database.h
 * database: a database in memory with a small community, for tests of what reads it. */
#ifndef TESTS_SUPPORT_DATABASE_H
#define TESTS_SUPPORT_DATABASE_H
#include <stdint.h>

#include "store/db.h"

enum { TEST_REPO = 7, TEST_T0 = 1700000000 }; /* Tuesday, 2023-11-14 22:13:20 UTC */

/* The accounts of test_db_populate, by id. */
enum { MAINTAINER_1 = 1, CONTRIBUTOR_1, NEWCOMER_1, LABELER_BOT, SELF_BOT };

/* cmocka's setup and teardown: *state is a struct db with one repository and the accounts. */
int test_db_open(void **state);
int test_db_close(void **state);

/* The same in a file, which is made when it is not there. */
struct db *test_db_at(const char *path);

/* Rows with everything they need, asserting that it went well. */
void test_put_thread(struct db *db, int64_t number, const char *kind, int64_t author_id,
                     int64_t created_at, int64_t merged_at);
void test_put_comment(struct db *db, int64_t id, int64_t number, int64_t author_id,
                      int64_t created_at);

/* A merged or open PR at commit 40 x 'a' + number with n accepted samples and one refused, its
 * approval, and an accepted run named after it ("run-NUMBER"). */
void test_put_contribution(struct db *db, int64_t number, int64_t merged_at, int n);
const char *test_sha(int64_t number); /* the commit of that PR; numbers 0..9 */

#endif
