/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/fs.h"
#include "store/release.h"
#include "store/run.h"
#include "tests/support/ledger_scene.h"

static void put_release(struct scene *s)
{
    const struct run run = {
        .repo_id = SCENE_REPO,
        .id = "0123456789abcdef",
        .number = SCENE_PULL,
        .commit_sha = SCENE_HEAD,
        .cause = RUN_RELEASE,
        .arch = "mlp",
        .data_digest = "",
        .champion_sha256 = "",
        .candidate_sha256 = "",
        .is_accepted = true,
        .reasons = "[]",
        .metrics = "{}",
    };
    const struct release release = {
        .repo_id = SCENE_REPO,
        .version = "1.1.0",
        .run_id = run.id,
        .model_sha256 = "",
        .target_sha = SCENE_HEAD,
        .hub_commit = "",
    };
    const struct release_file file = {
        .repo_id = SCENE_REPO,
        .version = "1.1.0",
        .name = "LICENSE",
        .sha256 = "",
        .size = 5,
    };
    struct err err = { 0 };

    assert_int_equal(db_begin(s->db, DB_DURABLE, &err), 0);
    assert_int_equal(run_put(s->db, &run, NULL, 0, NULL, &err), 0);
    assert_int_equal(release_put(s->db, &release, NULL, &err), 0);
    assert_int_equal(release_file_put(s->db, &file, NULL, &err), 0);
    assert_int_equal(db_commit(s->db, &err), 0);
}

static struct ledger_item release_item(void)
{
    return (struct ledger_item){
        .key = "0/release/1.1.0",
        .kind = ACTION_RELEASE,
        .rule = "release",
        .release = { "1.1.0", "v1.1.0", "Digits 1.1.0", "Better at 4.", SCENE_HEAD },
    };
}

static struct ledger_item asset_item(const char *path)
{
    return (struct ledger_item){
        .key = "0/release/1.1.0/LICENSE",
        .kind = ACTION_ASSET,
        .rule = "release",
        .asset = { "1.1.0", "v1.1.0", "LICENSE", "text/plain", path },
    };
}

static int see_release(void *ctx, const struct release *r, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = r->forge_id;
    return 0;
}

static int see_file(void *ctx, const struct release_file *f, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = f->asset_id;
    return 0;
}

static void a_release_and_its_files_are_published_once(void **state)
{
    struct scene *s = *state;
    char *path = fs_path(s->dir, "LICENSE", NULL);
    const struct ledger_item release = release_item(), asset = asset_item(path);
    int64_t release_id = 0, asset_id = 0;

    assert_int_equal(fs_write(path, "text\n", 5, 0644, NULL), 0);
    put_release(s);
    (void)scene_plan(s, &release);
    (void)scene_plan(s, &asset);
    scene_fail_next(s, ERR_NET, 1, FAKE_DONE);
    assert_int_equal(scene_apply(s).sent, 2);
    assert_int_equal(s->forge.n_releases, 1);
    assert_int_equal(s->forge.releases[0].n_assets, 1);
    assert_int_equal(release_get(s->db, SCENE_REPO, "1.1.0", see_release, &release_id, NULL),
                     0);
    assert_int_equal(release_each_file(s->db, SCENE_REPO, "1.1.0", see_file, &asset_id, NULL),
                     0);
    assert_int_equal(release_id, s->forge.releases[0].id);
    assert_int_equal(asset_id, s->forge.releases[0].assets[0].id);
    free(path);
}

static void a_file_that_broke_off_is_replaced(void **state)
{
    struct scene *s = *state;
    char *path = fs_path(s->dir, "LICENSE", NULL);
    const struct ledger_item release = release_item(), asset = asset_item(path);

    assert_int_equal(fs_write(path, "text\n", 5, 0644, NULL), 0);
    put_release(s);
    (void)scene_plan(s, &release);
    (void)scene_apply(s);
    (void)scene_plan(s, &asset);
    scene_set_sent(s, asset.key);
    s->forge.releases[0].assets[0] = (struct fake_asset){ 77, 2, strdup("LICENSE"), "starter" };
    s->forge.releases[0].n_assets = 1;
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_deletes, 1);
    assert_int_equal(s->forge.releases[0].n_assets, 1);
    assert_int_equal(s->forge.releases[0].assets[0].size, 5);
    free(path);
}

static void somebody_elses_release_is_left_alone(void **state)
{
    struct scene *s = *state;
    const struct ledger_item release = release_item();

    put_release(s);
    s->forge.releases[s->forge.n_releases++] = (struct fake_release){
        .id = 5, .author_id = FAKE_STRANGER_ID, .tag = strdup("v1.1.0"), .body = strdup("")
    };
    (void)scene_plan(s, &release);
    assert_int_equal(scene_apply(s).failed, 1);
    assert_non_null(strstr(scene_look(s, release.key).error, "made by someone"));
}

static void a_file_that_changed_since_it_was_planned_is_not_sent(void **state)
{
    struct scene *s = *state;
    char *path = fs_path(s->dir, "LICENSE", NULL);
    const struct ledger_item release = release_item(), asset = asset_item(path);

    assert_int_equal(fs_write(path, "text\n", 5, 0644, NULL), 0);
    put_release(s);
    (void)scene_plan(s, &release);
    (void)scene_plan(s, &asset);
    assert_int_equal(fs_write(path, "other text\n", 11, 0644, NULL), 0);
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.sent, 1);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(s->forge.releases[0].n_assets, 0);
    free(path);
}

/* A release on the forge, and a file planned for it; the caller frees the file's path. */
static char *plan_file(struct scene *s, struct ledger_item *ret)
{
    char *path = fs_path(s->dir, "LICENSE", NULL);
    const struct ledger_item release = release_item();

    assert_int_equal(fs_write(path, "text\n", 5, 0644, NULL), 0);
    put_release(s);
    (void)scene_plan(s, &release);
    assert_int_equal(scene_apply(s).sent, 1);
    *ret = asset_item(path);
    (void)scene_plan(s, ret);
    return path;
}

static void another_file_of_that_name_is_never_replaced(void **state)
{
    struct scene *s = *state;
    struct ledger_item asset;
    char *path = plan_file(s, &asset);

    s->forge.releases[0].assets[0] =
        (struct fake_asset){ 77, 6, strdup("LICENSE"), "uploaded" };
    s->forge.releases[0].n_assets = 1;
    assert_int_equal(scene_apply(s).failed, 1);
    assert_string_equal(scene_look(s, asset.key).error,
                        "release v1.1.0 has another file LICENSE already");
    assert_int_equal(s->forge.n_deletes, 0);
    assert_int_equal(s->forge.releases[0].n_assets, 1);
    free(path);
}

static void files_of_other_names_are_left_alone(void **state)
{
    struct scene *s = *state;
    struct ledger_item asset;
    char *path = plan_file(s, &asset);

    s->forge.releases[0].assets[0] =
        (struct fake_asset){ 77, 9, strdup("README.md"), "starter" };
    s->forge.releases[0].n_assets = 1;
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_deletes, 0);
    assert_int_equal(s->forge.releases[0].n_assets, 2);
    free(path);
}

static void a_file_without_its_release_on_the_forge_fails(void **state)
{
    struct scene *s = *state;
    struct ledger_item asset;
    char *path = plan_file(s, &asset);

    s->forge.releases[0].tag[0] = 'x';
    assert_int_equal(scene_apply(s).failed, 1);
    assert_string_equal(scene_look(s, asset.key).error, "release v1.1.0 is not on the forge");
    free(path);
}

static void a_file_beside_the_folder_is_sent_from_where_it_is(void **state)
{
    struct scene *s = *state;
    char *path = fs_path(s->dir, "LICENSE", NULL), *whole = s->dir;
    const struct ledger_item release = release_item(), asset = asset_item(path);

    assert_int_equal(fs_write(path, "text\n", 5, 0644, NULL), 0);
    put_release(s);
    s->dir = fs_path(whole, "LIC", NULL); /* the path begins with it, and is not in it */
    s->config.dir = s->dir;
    (void)scene_plan(s, &release);
    (void)scene_plan(s, &asset);
    assert_int_equal(scene_apply(s).sent, 2);
    assert_int_equal(s->forge.releases[0].assets[0].size, 5);
    free(s->dir);
    s->dir = whole;
    free(path);
}

static void a_release_or_file_without_what_it_needs_is_not_planned(void **state)
{
    struct scene *s = *state;
    const struct ledger_item release = release_item(), asset = asset_item("/dev/null");
    struct ledger_item bad[] = { release, release, release, asset, asset, asset, asset };
    struct err err = { 0 };

    bad[0].release.version = NULL;
    bad[1].release.tag = NULL;
    bad[2].release.target_sha = NULL;
    bad[3].asset.version = NULL;
    bad[4].asset.tag = NULL;
    bad[5].asset.name = NULL;
    bad[6].asset.path = NULL;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ledger_plan(&s->bot, &bad[i], NULL, &err), -ERR_RANGE);
    bad[0] = release;
    bad[0].release.tag = "\xff";
    assert_int_equal(ledger_plan(&s->bot, &bad[0], NULL, &err), -ERR_PARSE);
    assert_int_equal(ledger_plan(&s->bot, &asset, NULL, &err), -ERR_IO);
    assert_string_equal(err.msg, "0/release/1.1.0/LICENSE: '/dev/null' is no file");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_release_and_its_files_are_published_once),
        SCENE(a_file_that_broke_off_is_replaced),
        SCENE(somebody_elses_release_is_left_alone),
        SCENE(a_file_that_changed_since_it_was_planned_is_not_sent),
        SCENE(another_file_of_that_name_is_never_replaced),
        SCENE(files_of_other_names_are_left_alone),
        SCENE(a_file_without_its_release_on_the_forge_fails),
        SCENE(a_file_beside_the_folder_is_sent_from_where_it_is),
        SCENE(a_release_or_file_without_what_it_needs_is_not_planned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
