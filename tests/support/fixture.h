/* SPDX-License-Identifier: Apache-2.0
 * tests/support/fixture.h
 * fixture: JSON files of tests/fixtures, and a reader to map them with. */
#ifndef TESTS_SUPPORT_FIXTURE_H
#define TESTS_SUPPORT_FIXTURE_H
#include "base/json.h"

json_t *fixture_load(const char *dir, const char *name); /* asserts; the caller's */
struct json_reader fixture_reader(void);                 /* of "it" */
void fixture_check(const struct json_reader *r);         /* asserts that all was well */

#endif
