/* SPDX-License-Identifier: Apache-2.0
 * Who a request comes from, and what that one may do where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/web/access.h"
#include "store/namespace.h"

enum { NOW = 5000 }; /* unix seconds */

static int64_t now_ms(void *ctx)
{
    (void)ctx;
    return (int64_t)NOW * 1000;
}

static void add_repo(struct db *db, const char *ns, const char *name, bool is_private,
                     enum hosted_gate gate)
{
    const struct hosted_repo repo = { .kind = HOSTED_MODEL,
                                      .ns = ns,
                                      .name = name,
                                      .is_private = is_private,
                                      .gate = gate,
                                      .created_at = 1000 };
    int64_t id = 0;

    assert_int_equal(hosted_repo_add(db, &repo, &id, NULL), 0);
}

/* ada has repositories of every kind; team is an organisation with one of each role. */
static int open_community(void **state)
{
    static const char *const people[] = { "ada", "bob", "reader", "writer", "boss" };
    const struct clock clock = { .now_ms = now_ms };
    const struct namespace_row team = { .name = "team", .kind = NAMESPACE_ORG };
    struct access *access = NULL;
    enum put_result put;

    assert_int_equal(access_open(&access, ":memory:", &clock, NULL), 0);
    struct db *db = access_lock(access);
    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
        const struct namespace_row row = { .name = people[i], .kind = NAMESPACE_USER };

        assert_int_equal(namespace_add(db, &row, &put, NULL), 0);
    }
    assert_int_equal(namespace_add(db, &team, &put, NULL), 0);
    assert_int_equal(member_put(db, "team", "reader", MEMBER_READ, NULL), 0);
    assert_int_equal(member_put(db, "team", "writer", MEMBER_WRITE, NULL), 0);
    assert_int_equal(member_put(db, "team", "boss", MEMBER_ADMIN, NULL), 0);
    add_repo(db, "ada", "open", false, GATE_NONE);
    add_repo(db, "ada", "gated", false, GATE_MANUAL);
    add_repo(db, "ada", "hidden", true, GATE_NONE);
    add_repo(db, "team", "gated", false, GATE_AUTO);
    add_repo(db, "team", "hidden", true, GATE_NONE);
    access_unlock(access);
    *state = access;
    return 0;
}

static int close_community(void **state)
{
    access_close(*state);
    return 0;
}

static const struct principal anybody, bob = { .person = "bob", .scope = MEMBER_WRITE },
                                       ada = { .person = "ada", .scope = MEMBER_WRITE },
                                       ada_reads = { .person = "Ada", .scope = MEMBER_READ },
                                       reader = { .person = "reader", .scope = MEMBER_WRITE },
                                       writer = { .person = "writer", .scope = MEMBER_WRITE },
                                       boss = { .person = "boss", .scope = MEMBER_WRITE },
                                       boss_reads = { .person = "boss", .scope = MEMBER_READ },
                                       root = { .person = "bob", .scope = MEMBER_ADMIN };

static struct principal restricted(const struct principal *who, const char *only_in)
{
    struct principal ret = *who;

    (void)snprintf(ret.only_in, sizeof(ret.only_in), "%s", only_in);
    return ret;
}

/* rights: a letter for each, to see, download, write and administer: + for yes, 0 for "there is
 * nothing", g for "ask at the gate", - for no. */
static void assert_rights(struct access *access, const struct principal *who, const char *ns,
                          const char *name, const char *rights)
{
    static const char letters[] = {
        [0] = '+', [ERR_NOTFOUND] = '0', [ERR_REFUSED] = 'g', [ERR_DENIED] = '-'
    };
    const struct hosted_name where = { HOSTED_MODEL, ns, name };
    char found[5] = "";

    for (int right = ACCESS_SEE; right <= ACCESS_ADMIN; right++) {
        int rc = access_check(NULL, access, who, &where, (enum access_right)right, NULL);

        found[right] = letters[-rc];
    }
    if (strcmp(found, rights) != 0)
        fail_msg("%s, restricted to '%s', in %s/%s: %s, not %s", who->person, who->only_in, ns,
                 name, found, rights);
}

static void rights_follow_from_person_role_and_scope(void **state)
{
    static const struct {
        const struct principal *who;
        const char *ns, *name, *rights;
    } rows[] = {
        { &anybody, "ada", "open", "++--" },       { &anybody, "ada", "gated", "+g--" },
        { &anybody, "ada", "hidden", "0000" },     { &anybody, "ada", "unknown", "++--" },
        { &anybody, "team", "hidden", "0000" },    { &bob, "ada", "open", "++--" },
        { &bob, "ada", "gated", "+g--" },          { &bob, "ada", "hidden", "0000" },
        { &bob, "team", "hidden", "0000" },        { &bob, "bob", "unknown", "++++" },
        { &ada, "ada", "open", "++++" },           { &ada, "ADA", "gated", "++++" },
        { &ada, "ada", "hidden", "++++" },         { &ada, "ada", "unknown", "++++" },
        { &ada, "team", "hidden", "0000" },        { &ada_reads, "ada", "open", "++--" },
        { &ada_reads, "ada", "gated", "+g--" },    { &ada_reads, "ada", "hidden", "++--" },
        { &reader, "team", "gated", "+g--" },      { &reader, "team", "hidden", "++--" },
        { &writer, "team", "gated", "+++-" },      { &writer, "team", "hidden", "+++-" },
        { &writer, "ada", "hidden", "0000" },      { &boss, "team", "gated", "++++" },
        { &boss, "team", "hidden", "++++" },       { &boss_reads, "team", "gated", "+g--" },
        { &boss_reads, "team", "hidden", "++--" }, { &root, "ada", "hidden", "++++" },
        { &root, "team", "gated", "++++" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_rights(*state, rows[i].who, rows[i].ns, rows[i].name, rows[i].rights);
}

static void a_restricted_token_is_nobody_elsewhere(void **state)
{
    static const struct {
        const struct principal *who;
        const char *only_in, *ns, *name, *rights;
    } rows[] = {
        { &ada, "ada", "ada", "hidden", "++++" },
        { &ada, "ADA", "ada", "hidden", "++++" },
        { &ada, "ad", "ada", "hidden", "0000" },
        { &ada, "adam", "ada", "hidden", "0000" },
        { &ada, "bob", "ada", "hidden", "0000" },
        { &ada, "ada/Hidden", "ada", "hidden", "++++" },
        { &ada, "ada/hidden2", "ada", "hidden", "0000" },
        { &ada, "ada/open", "ada", "hidden", "0000" },
        { &ada, "team/hidden", "ada", "hidden", "0000" },
        { &boss, "team/hidden", "team", "hidden", "++++" },
        { &boss, "team/hidden", "team", "gated", "+g--" },
        { &root, "team", "team", "hidden", "++++" },
        { &root, "team", "ada", "hidden", "0000" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct principal who = restricted(rows[i].who, rows[i].only_in);

        assert_rights(*state, &who, rows[i].ns, rows[i].name, rows[i].rights);
    }
}

static void the_gate_lets_those_in_that_were_accepted(void **state)
{
    static const struct {
        enum gate_state state;
        int rc;
        const char *says;
    } rows[] = {
        { ENTRY_PENDING, -ERR_REFUSED, "waits for an answer" },
        { ENTRY_REFUSED, -ERR_REFUSED, "was refused" },
        { ENTRY_ACCEPTED, 0, "" },
    };
    const struct hosted_name gated = { HOSTED_MODEL, "ada", "gated" };
    struct access *access = *state;
    struct hosted repo = { 0 };
    struct err err = { 0 };

    assert_int_equal(access_check(&repo, access, &bob, &gated, ACCESS_DOWNLOAD, &err),
                     -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "/ask-access"));
    assert_true(repo.id > 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(
            gate_entry_put(access_lock(access), repo.id, "bob", rows[i].state, NOW, NULL), 0);
        access_unlock(access);
        err.msg[0] = '\0';
        assert_int_equal(access_check(NULL, access, &bob, &gated, ACCESS_DOWNLOAD, &err),
                         rows[i].rc);
        assert_non_null(strstr(err.msg, rows[i].says));
    }
    assert_int_equal(access_check(NULL, access, &reader, &gated, ACCESS_DOWNLOAD, NULL),
                     -ERR_REFUSED);
    assert_int_equal(access_check(NULL, access, &bob, &gated, ACCESS_WRITE, NULL), -ERR_DENIED);
}

static void a_refusal_says_what_was_asked_for(void **state)
{
    const struct hosted_name open = { HOSTED_MODEL, "ada", "open" };
    struct err err = { 0 };

    assert_int_equal(access_check(NULL, *state, &bob, &open, ACCESS_WRITE, &err), -ERR_DENIED);
    assert_string_equal(err.msg, "this token may not write here");
    (void)access_check(NULL, *state, &bob, &open, ACCESS_ADMIN, &err);
    assert_string_equal(err.msg, "this token may not change settings here");
    (void)access_check(NULL, *state, &anybody, &open, ACCESS_WRITE, &err);
    assert_string_equal(err.msg, "to write here needs an access token");
}

static void what_is_known_of_a_repository_is_what_hub_db_holds(void **state)
{
    struct access *access = *state;
    struct hosted repo = { 0 };

    assert_false(access_is_public(access, HOSTED_MODEL, "ada/hidden"));
    assert_true(access_is_public(access, HOSTED_MODEL, "ada/open"));
    assert_true(access_is_public(access, HOSTED_DATASET, "ada/hidden")); /* another one */
    assert_true(access_may_see(&repo, access, &ada, HOSTED_MODEL, "ada/hidden"));
    assert_true(repo.is_private);
    assert_int_equal(repo.created_at, 1000);
    assert_false(access_may_see(NULL, access, &bob, HOSTED_MODEL, "ada/hidden"));
    access_look(&repo, access, HOSTED_MODEL, "ada/gated");
    assert_int_equal(repo.gate, GATE_MANUAL);
    access_look(&repo, access, HOSTED_MODEL, "ada/unknown");
    assert_int_equal(repo.id, 0);
    access_look(&repo, access, HOSTED_MODEL, "ada"); /* no repository's name */
    assert_int_equal(repo.id, 0);
}

static int creates_in(struct access *access, const struct principal *who, const char *ns)
{
    struct err err = { 0 };
    int rc = access_check_namespace(access, who, ns, &err);

    if (rc < 0)
        assert_non_null(strstr(err.msg, "this token may not create in namespace"));
    return rc;
}

static void who_writes_in_a_namespace_may_create_in_it(void **state)
{
    const struct principal elsewhere = restricted(&ada, "ada/open");

    assert_int_equal(creates_in(*state, &ada, "ada"), 0);
    assert_int_equal(creates_in(*state, &writer, "team"), 0);
    assert_int_equal(creates_in(*state, &anybody, "ada"), -ERR_DENIED);
    assert_int_equal(creates_in(*state, &bob, "ada"), -ERR_DENIED);
    assert_int_equal(creates_in(*state, &ada_reads, "ada"), -ERR_DENIED);
    assert_int_equal(creates_in(*state, &reader, "team"), -ERR_DENIED);
    assert_int_equal(creates_in(*state, &elsewhere, "ada"), -ERR_DENIED);
}

static int find_namespace(struct access *access, const char *name)
{
    int rc = namespace_set_quota(access_lock(access), name, 0, NULL);

    access_unlock(access);
    return rc;
}

static void only_an_unrestricted_admin_makes_a_namespace(void **state)
{
    const struct principal elsewhere = restricted(&root, "team");

    assert_int_equal(creates_in(*state, &ada, "fresh"), -ERR_DENIED);
    assert_int_equal(creates_in(*state, &elsewhere, "fresh"), -ERR_DENIED);
    assert_int_equal(find_namespace(*state, "fresh"), -ERR_NOTFOUND);
    assert_int_equal(creates_in(*state, &root, "fresh"), 0);
    assert_int_equal(find_namespace(*state, "fresh"), 0);
    assert_int_equal(creates_in(*state, &root, "fresh"), 0); /* it is there now */
}

/* The header of a token that was added for ada; the caller frees. */
static char *header_of(struct access *access, int64_t expires_at, int64_t *ret_id)
{
    const struct access_token row = { .person = "ada",
                                      .label = "laptop",
                                      .scope = MEMBER_WRITE,
                                      .only_in = "ada/open",
                                      .created_at = 77,
                                      .expires_at = expires_at };
    char token[ACCESS_TOKEN_SIZE], digest[65];

    access_new_token(token);
    access_digest(digest, token);
    assert_int_equal(access_token_add(access_lock(access), digest, &row, ret_id, NULL), 0);
    access_unlock(access);
    return xasprintf("Bearer %s", token);
}

static void a_token_says_whose_it_is_and_what_for(void **state)
{
    struct principal who = { .person = "old" };
    int64_t id = 0;
    char *header = header_of(*state, 0, &id);

    assert_int_equal(access_identify(&who, *state, header, NULL), 0);
    assert_string_equal(who.person, "ada");
    assert_string_equal(who.label, "laptop");
    assert_string_equal(who.only_in, "ada/open");
    assert_int_equal(who.scope, MEMBER_WRITE);
    assert_int_equal(who.token_id, id);
    assert_int_equal(who.created_at, 77);
    free(header);
    assert_int_equal(access_identify(&who, *state, NULL, NULL), 0);
    assert_string_equal(who.person, "");
}

static void a_token_ends_in_the_second_it_expires(void **state)
{
    struct principal who;
    struct err err = { 0 };
    int64_t id = 0;
    char *over = header_of(*state, NOW, &id), *good = header_of(*state, NOW + 1, &id);

    assert_int_equal(access_identify(&who, *state, over, &err), -ERR_AUTH);
    assert_string_equal(err.msg, "this access token has expired");
    assert_string_equal(who.person, "");
    assert_int_equal(access_identify(&who, *state, good, NULL), 0);
    assert_int_equal(access_token_revoke(access_lock(*state), id, NOW, NULL), 0);
    access_unlock(*state);
    assert_int_equal(access_identify(&who, *state, good, &err), -ERR_AUTH);
    assert_string_equal(err.msg, "this access token is revoked");
    assert_string_equal(who.person, "");
    free(over);
    free(good);
}

static void a_header_without_a_known_token_is_refused(void **state)
{
    struct principal who;
    struct err err = { 0 };

    assert_int_equal(access_identify(&who, *state, "Bearer hf_unknown", &err), -ERR_AUTH);
    assert_string_equal(err.msg, "this hub knows no such access token");
    assert_int_equal(access_identify(&who, *state, "Digest x", &err), -ERR_AUTH);
    assert_string_equal(err.msg, "the Authorization header holds no token");
}

static void tokens_and_keys_are_new_each_time_and_for_each_purpose(void **state)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char one[ACCESS_TOKEN_SIZE], two[ACCESS_TOKEN_SIZE], first[65], again[65], other[65];
    char digest[65];

    access_new_token(one);
    access_new_token(two);
    assert_memory_equal(one, "hf_", 3);
    assert_string_not_equal(one, two);
    assert_int_equal(strspn(one + 3, letters), ACCESS_TOKEN_SIZE - 4);
    access_digest(digest, "abc");
    assert_string_equal(digest,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    assert_int_equal(access_key(first, *state, "links", NULL), 0);
    assert_int_equal(access_key(again, *state, "links", NULL), 0);
    assert_int_equal(access_key(other, *state, "xet", NULL), 0);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_int_equal(strspn(first, "0123456789abcdef"), 64);
}

static void a_database_that_cannot_be_opened_is_an_error(void **state)
{
    const struct clock clock = { .now_ms = now_ms };
    struct access *access = NULL;

    (void)state;
    assert_true(access_open(&access, "/dev/null/hub.db", &clock, NULL) < 0);
    assert_null(access);
    access_close(NULL);
}

#define WITH_COMMUNITY(test)                                                                   \
    cmocka_unit_test_setup_teardown(test, open_community, close_community)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_COMMUNITY(rights_follow_from_person_role_and_scope),
        WITH_COMMUNITY(a_restricted_token_is_nobody_elsewhere),
        WITH_COMMUNITY(the_gate_lets_those_in_that_were_accepted),
        WITH_COMMUNITY(a_refusal_says_what_was_asked_for),
        WITH_COMMUNITY(what_is_known_of_a_repository_is_what_hub_db_holds),
        WITH_COMMUNITY(who_writes_in_a_namespace_may_create_in_it),
        WITH_COMMUNITY(only_an_unrestricted_admin_makes_a_namespace),
        WITH_COMMUNITY(a_token_says_whose_it_is_and_what_for),
        WITH_COMMUNITY(a_token_ends_in_the_second_it_expires),
        WITH_COMMUNITY(a_header_without_a_known_token_is_refused),
        WITH_COMMUNITY(tokens_and_keys_are_new_each_time_and_for_each_purpose),
        cmocka_unit_test(a_database_that_cannot_be_opened_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
