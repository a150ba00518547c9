/* SPDX-License-Identifier: Apache-2.0
 * hub/web/access.h
 * access: who a request comes from, and what that one may do.
 * Owns hub.db and lets one thread at a time at it. What must not be seen is answered exactly as
 * what does not exist. */
#ifndef HUB_WEB_ACCESS_H
#define HUB_WEB_ACCESS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/access_token.h"
#include "store/hosted_repo.h"

struct access;
struct err;

enum { ACCESS_NAME_SIZE = 97, ACCESS_ID_SIZE = 194, ACCESS_LABEL_SIZE = 97 };
enum { ACCESS_TOKEN_SIZE = 44 }; /* "hf_", 40 of [A-Za-z0-9], NUL */

struct principal {
    char person[ACCESS_NAME_SIZE]; /* "" for anybody */
    char only_in[ACCESS_ID_SIZE];  /* "" for everywhere */
    char label[ACCESS_LABEL_SIZE];
    enum member_role scope;
    int64_t token_id, created_at;
};

/* hub.db is made where it is not there; ":memory:" for tests. */
int access_open(struct access **ret, const char *db_path, const struct clock *clock,
                struct err *err);
void access_close(struct access *access); /* NULL is fine */

/* The open database, for one thread until access_unlock(). */
struct db *access_lock(struct access *access);
void access_unlock(struct access *access);

/* header: of Authorization, "Bearer <token>" or "Basic <base64 of user:token>"; NULL gives the
 * anonymous one. -ERR_AUTH for a token that is unknown, revoked or expired, or none at all. */
int access_identify(struct principal *ret, struct access *access, const char *header,
                    struct err *err);

/* Makes a token that nobody saw before; its digest is what hub.db keeps. */
void access_new_token(char ret[ACCESS_TOKEN_SIZE]);
void access_digest(char ret[65], const char *token);

/* A repository as far as hub.db knows; id 0 when it does not: public, without a gate. */
struct hosted {
    int64_t id, blob_bytes, created_at;
    enum hosted_kind kind;
    enum hosted_gate gate;
    bool is_private;
};

enum access_right {
    ACCESS_SEE,      /* that it exists, its card and its list of files */
    ACCESS_DOWNLOAD, /* its files, behind the gate */
    ACCESS_WRITE,
    ACCESS_ADMIN, /* settings, deleting, moving */
};

/* Whether the principal has the right: 0, -ERR_NOTFOUND when it must not even be seen,
 * -ERR_DENIED, or -ERR_REFUSED when only the gate stands in between. Says nothing about whether
 * the repository is on disk. */
int access_check(struct hosted *ret, struct access *access, const struct principal *who,
                 const struct hosted_name *name, enum access_right right, struct err *err);

/* Whether everybody, or somebody, may see "namespace/name"; what hub.db knows of it, too. */
bool access_is_public(struct access *access, enum hosted_kind kind, const char *id);
bool access_may_see(struct hosted *ret, struct access *access, const struct principal *who,
                    enum hosted_kind kind, const char *id);

/* What hub.db knows of it, for who may see it. */
void access_look(struct hosted *ret, struct access *access, enum hosted_kind kind,
                 const char *id);

/* The same for a namespace as a whole: may the principal create in it? An admin token may
 * everywhere, and the namespace is made. */
int access_check_namespace(struct access *access, const struct principal *who, const char *ns,
                           struct err *err);

/* A key of this instance for a purpose, 64 hex digits. */
int access_key(char ret[65], struct access *access, const char *purpose, struct err *err);

int64_t access_now(const struct access *access); /* unix seconds */

#endif
