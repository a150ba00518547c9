/* SPDX-License-Identifier: Apache-2.0
 * Namespaces, tokens and hosted repositories in hub.db. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "store/access_token.h"
#include "store/hosted_repo.h"
#include "store/namespace.h"

static int open_memory(void **state)
{
    struct db *db = NULL;
    struct err err = { 0 };
    int rc = db_open(&db, ":memory:", DB_HUB, DB_CREATE, &err);

    if (rc < 0)
        print_error("%s\n", err.msg);
    *state = db;
    return rc;
}

static int close_memory(void **state)
{
    db_close(*state);
    return 0;
}

static enum put_result add_namespace(struct db *db, const char *name, enum namespace_kind kind)
{
    const struct namespace_row row = { .name = name, .kind = kind, .created_at = 1000 };
    enum put_result ret = PUT_CHANGED;

    assert_int_equal(namespace_add(db, &row, &ret, NULL), 0);
    return ret;
}

static int64_t add_repo(struct db *db, const char *name, bool is_private)
{
    const struct hosted_repo repo = { .kind = HOSTED_MODEL,
                                      .ns = "ada",
                                      .name = name,
                                      .is_private = is_private,
                                      .gate = GATE_MANUAL,
                                      .created_at = 1000 };
    int64_t id = 0;

    assert_int_equal(hosted_repo_add(db, &repo, &id, NULL), 0);
    return id;
}

static int take_token(void *ctx, const struct access_token *token, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 128, "%s %d %s %lld", token->person, (int)token->scope, token->only_in,
                   (long long)token->revoked_at);
    return 0;
}

static int take_repo(void *ctx, const struct hosted_repo *repo, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 128, "%s/%s %d %d %lld", repo->ns, repo->name, (int)repo->is_private,
                   (int)repo->gate, (long long)repo->blob_bytes);
    return 0;
}

static int take_member(void *ctx, const char *name, enum member_role role, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 128, "%s %s", name, member_role_name(role));
    return 0;
}

static void a_name_belongs_to_one_namespace_in_any_case(void **state)
{
    assert_int_equal(add_namespace(*state, "Ada", NAMESPACE_USER), PUT_NEW);
    assert_int_equal(add_namespace(*state, "ada", NAMESPACE_ORG), PUT_SAME);
    assert_int_equal(namespace_set_quota(*state, "ADA", 5, NULL), 0);
    assert_int_equal(namespace_set_quota(*state, "bob", 5, NULL), -ERR_NOTFOUND);
}

static void members_have_one_role(void **state)
{
    enum member_role role = MEMBER_READ;
    char text[128] = "";

    (void)add_namespace(*state, "ada", NAMESPACE_USER);
    (void)add_namespace(*state, "lab", NAMESPACE_ORG);
    assert_int_equal(member_put(*state, "lab", "ada", MEMBER_READ, NULL), 0);
    assert_int_equal(member_put(*state, "lab", "ada", MEMBER_ADMIN, NULL), 0);
    assert_int_equal(member_get(*state, "LAB", "Ada", &role, NULL), 0);
    assert_int_equal(role, MEMBER_ADMIN);
    assert_int_equal(member_each_org(*state, "ada", take_member, text, NULL), 0);
    assert_string_equal(text, "lab admin");
    assert_int_equal(member_each(*state, "lab", take_member, text, NULL), 0);
    assert_string_equal(text, "ada admin");
    assert_int_equal(member_remove(*state, "lab", "ada", NULL), 0);
    assert_int_equal(member_remove(*state, "lab", "ada", NULL), -ERR_NOTFOUND);
    assert_int_equal(member_get(*state, "lab", "ada", &role, NULL), -ERR_NOTFOUND);
    assert_int_equal(member_put(*state, "lab", "nobody", MEMBER_READ, NULL), -ERR_DB);
}

static void a_token_is_found_by_its_digest_and_revoked_once(void **state)
{
    const struct access_token token = { .person = "ada",
                                        .label = "laptop",
                                        .scope = MEMBER_WRITE,
                                        .only_in = "ada/digits",
                                        .created_at = 1000 };
    char text[128] = "";
    int64_t id = 0;

    (void)add_namespace(*state, "ada", NAMESPACE_USER);
    assert_int_equal(access_token_add(*state, "d1", &token, &id, NULL), 0);
    assert_int_equal(access_token_find(*state, "d1", take_token, text, NULL), 0);
    assert_string_equal(text, "ada 1 ada/digits 0");
    assert_int_equal(access_token_find(*state, "d2", take_token, text, NULL), -ERR_NOTFOUND);
    assert_int_equal(access_token_revoke(*state, id, 2000, NULL), 0);
    assert_int_equal(access_token_revoke(*state, id, 3000, NULL), -ERR_NOTFOUND);
    assert_int_equal(access_token_each(*state, "ada", take_token, text, NULL), 0);
    assert_string_equal(text, "ada 1 ada/digits 2000");
}

static int count_token(void *ctx, const struct access_token *token, struct err *err)
{
    (void)token;
    (void)err;
    ++*(int *)ctx;
    return 0;
}

static void tokens_are_listed_of_one_person_or_of_all(void **state)
{
    static const char *const people[] = { "ada", "bob", "ada" };
    static const struct {
        const char *person;
        int n;
    } lists[] = { { "ada", 2 }, { "Bob", 1 }, { "eve", 0 }, { "", 3 } };

    (void)add_namespace(*state, "ada", NAMESPACE_USER);
    (void)add_namespace(*state, "bob", NAMESPACE_USER);
    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
        const struct access_token token = { .person = people[i], .label = "", .only_in = "" };
        char digest[] = { 'd', (char)('0' + i), '\0' };
        int64_t id = 0;

        assert_int_equal(access_token_add(*state, digest, &token, &id, NULL), 0);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        int n = 0;

        assert_int_equal(access_token_each(*state, lists[i].person, count_token, &n, NULL), 0);
        assert_int_equal(n, lists[i].n);
    }
}

static void a_renamed_repository_is_found_under_both_names(void **state)
{
    const struct hosted_name old = { HOSTED_MODEL, "ada", "digits" };
    const struct hosted_name new = { HOSTED_MODEL, "ada", "numbers" };
    const struct hosted_repo same = { .kind = HOSTED_MODEL, .ns = "Ada", .name = "Digits" };
    int64_t id = add_repo(*state, "digits", true), other = 0;
    char text[128] = "";

    assert_int_equal(hosted_repo_add(*state, &same, &other, NULL), -ERR_EXISTS);
    assert_int_equal(hosted_repo_rename(*state, id, &new, NULL), 0);
    assert_int_equal(hosted_repo_find(*state, &old, take_repo, text, NULL), -ERR_NOTFOUND);
    assert_int_equal(hosted_repo_find_moved(*state, &old, take_repo, text, NULL), 0);
    assert_string_equal(text, "ada/numbers 1 2 0");
    assert_int_equal(hosted_repo_rename(*state, id, &old, NULL), 0);
    assert_int_equal(hosted_repo_find_moved(*state, &old, take_repo, text, NULL),
                     -ERR_NOTFOUND);
    assert_int_equal(hosted_repo_remove(*state, id, NULL), 0);
    assert_int_equal(hosted_repo_find_moved(*state, &new, take_repo, text, NULL),
                     -ERR_NOTFOUND);
}

static void bytes_add_up_over_a_namespace(void **state)
{
    int64_t one = add_repo(*state, "one", false), two = add_repo(*state, "two", false), sum = 0;

    assert_int_equal(hosted_repo_add_bytes(*state, one, 5, NULL), 0);
    assert_int_equal(hosted_repo_add_bytes(*state, two, 7, NULL), 0);
    assert_int_equal(hosted_repo_add_bytes(*state, two, -100, NULL), 0);
    assert_int_equal(hosted_repo_sum_bytes(*state, "ADA", &sum, NULL), 0);
    assert_int_equal(sum, 5);
}

static void a_gate_knows_who_asked(void **state)
{
    enum gate_state entry = ENTRY_PENDING;
    int64_t id = add_repo(*state, "digits", false);

    (void)add_namespace(*state, "bob", NAMESPACE_USER);
    assert_int_equal(gate_entry_get(*state, id, "bob", &entry, NULL), -ERR_NOTFOUND);
    assert_int_equal(gate_entry_put(*state, id, "bob", ENTRY_PENDING, 1, NULL), 0);
    assert_int_equal(gate_entry_put(*state, id, "bob", ENTRY_ACCEPTED, 2, NULL), 0);
    assert_int_equal(gate_entry_get(*state, id, "bob", &entry, NULL), 0);
    assert_int_equal(entry, ENTRY_ACCEPTED);
}

static void a_key_stays_what_it_was_first(void **state)
{
    char hex[65] = "";

    assert_int_equal(hub_key_get(*state, "upload", "aa", hex, NULL), 0);
    assert_int_equal(hub_key_get(*state, "upload", "bb", hex, NULL), 0);
    assert_string_equal(hex, "aa");
}

#define STORED(test) cmocka_unit_test_setup_teardown(test, open_memory, close_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(a_name_belongs_to_one_namespace_in_any_case),
        STORED(members_have_one_role),
        STORED(a_token_is_found_by_its_digest_and_revoked_once),
        STORED(tokens_are_listed_of_one_person_or_of_all),
        STORED(a_renamed_repository_is_found_under_both_names),
        STORED(bytes_add_up_over_a_namespace),
        STORED(a_gate_knows_who_asked),
        STORED(a_key_stays_what_it_was_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
