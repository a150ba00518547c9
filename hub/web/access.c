/* SPDX-License-Identifier: Apache-2.0
 * Rights, from the narrowest to the widest:
 *
 * 1. A public repository is seen by everybody; its files are downloaded by everybody unless a
 *    gate is set.
 * 2. A token acts for its person, never beyond its scope and the place it is restricted to.
 * 3. A person owns the namespace of that name; in an organisation the role decides.
 * 4. A token of scope admin may do everything everywhere, but for its restriction.
 * 5. Whoever has no right to see is told that there is nothing. */
#include "hub/web/access.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "hub/web/credentials.h"

struct access {
    struct db *db;
    pthread_mutex_t lock;
    struct clock clock;
};

int access_open(struct access **ret, const char *db_path, const struct clock *clock,
                struct err *err)
{
    struct db *db = NULL;

    int rc = db_open(&db, db_path, DB_HUB, DB_CREATE, err);
    if (rc < 0)
        return rc;
    *ret = xcalloc(1, sizeof(**ret));
    (*ret)->db = db;
    (*ret)->clock = *clock;
    (void)pthread_mutex_init(&(*ret)->lock, NULL);
    return 0;
}

void access_close(struct access *access)
{
    if (!access)
        return;
    db_close(access->db);
    (void)pthread_mutex_destroy(&access->lock);
    free(access);
}

struct db *access_lock(struct access *access)
{
    (void)pthread_mutex_lock(&access->lock);
    return access->db;
}

void access_unlock(struct access *access)
{
    (void)pthread_mutex_unlock(&access->lock);
}

int64_t access_now(const struct access *access)
{
    return clock_now(&access->clock);
}

/* 62 of the 64 values of six random bits are taken as they are, the others thrown away. */
void access_new_token(char ret[ACCESS_TOKEN_SIZE])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t n = 0;

    memcpy(ret, "hf_", 3);
    while (n < 40) {
        unsigned char byte;

        fs_random(&byte, 1);
        if ((byte & 63) < sizeof(letters) - 1)
            ret[3 + n++] = letters[byte & 63];
    }
    ret[43] = '\0';
}

void access_digest(char ret[65], const char *token)
{
    sha256_hex(ret, token, strlen(token));
}

struct finder {
    struct principal *ret;
    int64_t now;
};

static int take_token(void *ctx, const struct access_token *token, struct err *err)
{
    const struct finder *finder = ctx;
    struct principal *who = finder->ret;

    if (token->revoked_at > 0)
        return err_set(err, ERR_AUTH, "this access token is revoked");
    if (token->expires_at > 0 && token->expires_at <= finder->now)
        return err_set(err, ERR_AUTH, "this access token has expired");
    (void)snprintf(who->person, sizeof(who->person), "%s", token->person);
    (void)snprintf(who->only_in, sizeof(who->only_in), "%s", token->only_in);
    (void)snprintf(who->label, sizeof(who->label), "%s", token->label);
    who->scope = token->scope;
    who->token_id = token->id;
    who->created_at = token->created_at;
    return 0;
}

int access_identify(struct principal *ret, struct access *access, const char *header,
                    struct err *err)
{
    struct finder finder = { ret, access_now(access) };
    char digest[65];

    memset(ret, 0, sizeof(*ret));
    if (!header)
        return 0;
    char *token = credentials_token(header);
    if (!token)
        return err_set(err, ERR_AUTH, "the Authorization header holds no token");
    access_digest(digest, token);
    free(token);
    int rc = access_token_find(access_lock(access), digest, take_token, &finder, err);
    access_unlock(access);
    return rc == -ERR_NOTFOUND ? err_set(err, ERR_AUTH, "this hub knows no such access token")
                               : rc;
}

/* Whether a restricted token is good for the namespace, or the repository in it. */
static bool is_inside(const struct principal *who, const char *ns, const char *name)
{
    size_t len = strcspn(who->only_in, "/");

    if (who->only_in[0] == '\0')
        return true;
    if (strlen(ns) != len || strncasecmp(who->only_in, ns, len) != 0)
        return false;
    return who->only_in[len] == '\0' || (name && strcasecmp(who->only_in + len + 1, name) == 0);
}

/* The role in a namespace that is left after scope and restriction; -1 for none. */
static int role_in(struct db *db, const struct principal *who, const char *ns, const char *name)
{
    enum member_role role = MEMBER_ADMIN;

    if (who->person[0] == '\0' || !is_inside(who, ns, name))
        return -1;
    if (who->scope == MEMBER_ADMIN)
        return MEMBER_ADMIN;
    if (strcasecmp(who->person, ns) != 0 && member_get(db, ns, who->person, &role, NULL) < 0)
        return -1;
    /* What a token of scope write does, its person's role allows: settings among it. */
    return who->scope == MEMBER_READ ? MEMBER_READ : (int)role;
}

static int take_repo(void *ctx, const struct hosted_repo *repo, struct err *err)
{
    struct hosted *ret = ctx;

    (void)err;
    *ret = (struct hosted){ .id = repo->id,
                            .kind = repo->kind,
                            .gate = repo->gate,
                            .is_private = repo->is_private,
                            .blob_bytes = repo->blob_bytes,
                            .created_at = repo->created_at };
    return 0;
}

static int pass_gate(struct db *db, const struct hosted *repo, const struct principal *who,
                     struct err *err)
{
    static const char *const states[] = {
        [ENTRY_PENDING] = "your request for it waits for an answer",
        [ENTRY_REFUSED] = "your request for it was refused",
    };
    enum gate_state entry = ENTRY_PENDING;

    if (!who->person[0] || gate_entry_get(db, repo->id, who->person, &entry, NULL) < 0)
        return err_set(err, ERR_REFUSED,
                       "access to this repository is restricted: ask for it, with a token, by "
                       "POST to its /ask-access");
    if (entry == ENTRY_ACCEPTED)
        return 0;
    return err_set(err, ERR_REFUSED, "access to this repository is restricted: %s",
                   states[entry]);
}

static int decide(struct db *db, const struct hosted *repo, const struct principal *who,
                  int role, enum access_right right, struct err *err)
{
    if (repo->is_private && role < 0)
        return err_set(err, ERR_NOTFOUND, "no such repository");
    if (right == ACCESS_SEE)
        return 0;
    if (right == ACCESS_DOWNLOAD)
        return repo->gate == GATE_NONE || role >= MEMBER_WRITE ? 0
                                                               : pass_gate(db, repo, who, err);
    if (role >= (right == ACCESS_WRITE ? MEMBER_WRITE : MEMBER_ADMIN))
        return 0;
    const char *what = right == ACCESS_WRITE ? "write" : "change settings";
    return who->person[0] ? err_set(err, ERR_DENIED, "this token may not %s here", what)
                          : err_set(err, ERR_DENIED, "to %s here needs an access token", what);
}

int access_check(struct hosted *ret, struct access *access, const struct principal *who,
                 const struct hosted_name *name, enum access_right right, struct err *err)
{
    struct hosted repo = { .kind = name->kind };
    struct db *db = access_lock(access);

    int rc = hosted_repo_find(db, name, take_repo, &repo, err);
    if (rc == 0 || rc == -ERR_NOTFOUND)
        rc = decide(db, &repo, who, role_in(db, who, name->ns, name->name), right, err);
    access_unlock(access);
    if (ret)
        *ret = repo;
    return rc;
}

static int check_id(struct hosted *ret, struct access *access, const struct principal *who,
                    enum hosted_kind kind, const char *id)
{
    size_t len = strcspn(id, "/");
    char *ns = xstrndup(id, len);
    const struct hosted_name name = { kind, ns, id[len] ? id + len + 1 : "" };
    int rc = access_check(ret, access, who, &name, ACCESS_SEE, NULL);

    free(ns);
    return rc;
}

bool access_may_see(struct hosted *ret, struct access *access, const struct principal *who,
                    enum hosted_kind kind, const char *id)
{
    return check_id(ret, access, who, kind, id) == 0;
}

bool access_is_public(struct access *access, enum hosted_kind kind, const char *id)
{
    static const struct principal anybody;

    return check_id(NULL, access, &anybody, kind, id) == 0;
}

void access_look(struct hosted *ret, struct access *access, enum hosted_kind kind,
                 const char *id)
{
    static const struct principal anybody;

    (void)check_id(ret, access, &anybody, kind, id);
}

static int take_kind(void *ctx, const struct namespace_row *row, struct err *err)
{
    (void)err;
    *(int *)ctx = (int)row->kind;
    return 0;
}

int access_check_namespace(struct access *access, const struct principal *who, const char *ns,
                           struct err *err)
{
    const struct namespace_row row = { .name = ns,
                                       .kind = NAMESPACE_ORG,
                                       .created_at = access_now(access) };
    struct db *db = access_lock(access);
    enum put_result put;
    int kind = -1;

    int rc = namespace_get(db, ns, take_kind, &kind, NULL);
    if (rc == -ERR_NOTFOUND && who->scope == MEMBER_ADMIN && is_inside(who, ns, NULL))
        rc = namespace_add(db, &row, &put, err);
    if (rc == 0 && role_in(db, who, ns, NULL) < MEMBER_WRITE)
        rc = -ERR_NOTFOUND;
    access_unlock(access);
    /* A name that is not there is refused as one of others: nothing is learnt. */
    return rc == -ERR_NOTFOUND
               ? err_set(err, ERR_DENIED, "this token may not create in namespace '%.96s'", ns)
               : rc;
}

int access_key(char ret[65], struct access *access, const char *purpose, struct err *err)
{
    unsigned char random[32];
    char fresh[65];

    fs_random(random, sizeof(random));
    (void)hex_encode(fresh, random, sizeof(random));
    int rc = hub_key_get(access_lock(access), purpose, fresh, ret, err);
    access_unlock(access);
    return rc;
}
