/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/hub_blob.h
 * hub_blob: a repository to try things in, and large files in the store beside it. */
#ifndef TESTS_UNIT_HUB_BLOB_H
#define TESTS_UNIT_HUB_BLOB_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "hub/repo/blob.h"
#include "hub/repo/repo.h"

/* "a/b" under root. hub_repo_close(). */
static inline struct hub_repo *create(const char *root)
{
    struct hub_repo *repo = NULL;

    assert_int_equal(hub_repo_create(&repo, root, "a/b", NULL), 0);
    return repo;
}

/* Into the store alone: it is no repository's yet. */
static inline void store(struct hub_repo *repo, char oid[SHA256_HEX_SIZE], const char *text)
{
    struct blob_put *put = NULL;

    assert_int_equal(blob_put_begin(&put, hub_repo_blobs(repo), NULL), 0);
    assert_int_equal(blob_put_add(put, text, strlen(text), NULL), 0);
    assert_int_equal(blob_put_finish(oid, put, NULL, NULL), 0);
}

#endif
