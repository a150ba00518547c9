/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/xet_store.h
 * xet_store: what Xet clients sent, kept until they no longer refer to it.
 * A client remembers for three weeks which chunks it has sent and does not send them again.
 * Each person has a folder of their own: the name of a xorb is what its sender says, and nobody
 * can refer to another's. ROOT/.xet/<person>/<xorb>, the body as it came; ROOT/.xet/lock shared
 * by who stores, exclusive for who sweeps. */
#ifndef HUB_REPO_XET_STORE_H
#define HUB_REPO_XET_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct hub_repo;
struct xet_file;
struct xet_put;

/* Longer than the three weeks, for clocks that go wrong. */
enum { XET_KEPT_S = 22 * 24 * 3600 };

/* hash: 64 hex digits. One of the two enders is called. */
int xet_put_begin(struct xet_put **ret, const char *root, const char *person, const char *hash,
                  struct err *err);
int xet_put_add(struct xet_put *put, const void *data, size_t len, struct err *err);
/* -ERR_PARSE, -ERR_LIMIT for what is no xorb; it is not kept then. Ends put in every case. */
int xet_put_finish(struct xet_put *put, struct err *err);
void xet_put_abort(struct xet_put *put); /* NULL is fine */

/* Puts a file together from xorbs of the person's, into the repository's store, hashed once and
 * written once. -ERR_NOTFOUND when a xorb is not here, -ERR_PARSE for terms that do not fit it,
 * -ERR_REFUSED when the content is not what its SHA-256 says. */
int xet_assemble(bool *ret_is_new, struct hub_repo *repo, const char *root, const char *person,
                 const struct xet_file *file, struct err *err);

/* Bytes of a person's xorbs, those that are being written among them. */
int64_t xet_held_bytes(const char *root, const char *person);

struct xet_ages {
    int64_t xorbs_before_at, parts_before_at; /* of what broken uploads left; unix seconds */
};
struct xet_swept {
    size_t n_xorbs, n_parts;
    int64_t bytes; /* of the xorbs */
};
/* Removes xorbs that came before that time; safe beside uploads. */
int xet_sweep(struct xet_swept *ret, const char *root, const struct xet_ages *ages,
              struct err *err);

#endif
