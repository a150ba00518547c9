/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/git.h"
#include "practice/call.h"
#include "practice/forge.h"

enum { REF_MAX = 512, TAG_MAX_BYTES = 255 };

/* Drafts are shown to those who may push only. */
static bool is_shown(const struct call *c, const json_t *release)
{
    return !row_flag(release, "draft") || call_may(c, RIGHT_PUSH);
}

int api_releases_list(struct call *c)
{
    const json_t *all = state_table(&c->forge->state, RELEASES);
    json_t *rows = json_array();

    for (size_t i = json_array_size(all); i-- > 0;) {
        json_t *row = json_array_get(all, i);

        if (is_shown(c, row))
            (void)json_array_append(rows, row);
    }
    return call_list(c, rows, c->shapes->release);
}

int api_release_latest(struct call *c)
{
    const json_t *all = state_table(&c->forge->state, RELEASES);

    for (size_t i = json_array_size(all); i-- > 0;) {
        const json_t *row = json_array_get(all, i);

        if (!row_flag(row, "draft") && !row_flag(row, "prerelease"))
            return call_show(c, 200, c->shapes->release(&c->view, row));
    }
    return call_not_found(c);
}

/* Drafts have no tag yet and are not found by one. */
static json_t *by_tag(const struct state *s, const char *tag)
{
    size_t i;
    json_t *row;

    json_array_foreach(state_table(s, RELEASES), i, row)
    {
        if (!row_flag(row, "draft") && strcmp(row_str(row, "tag_name"), tag) == 0)
            return row;
    }
    return NULL;
}

int api_release_by_tag(struct call *c)
{
    char *tag = call_param(c, "tag");
    const json_t *release = by_tag(&c->forge->state, tag);

    free(tag);
    return release ? call_show(c, 200, c->shapes->release(&c->view, release))
                   : call_not_found(c);
}

int api_release_get(struct call *c)
{
    const json_t *release = call_row(c, RELEASES, "id");

    if (!release || !is_shown(c, release))
        return call_not_found(c);
    return call_show(c, 200, c->shapes->release(&c->view, release));
}

/* GitHub says it as a fault of a field, Gitea by the status. */
static int refuse_second(struct call *c)
{
    if (c->view.dialect->status_release_exists == 422)
        return call_invalid(c, "Release", "tag_name", "already_exists");
    return call_error(c, c->view.dialect->status_release_exists,
                      "a release with this tag already exists");
}

/* The tag a published release needs: there already, or made at its target. */
static int make_tag(const struct call *c, const json_t *release, struct err *err)
{
    const char *target = row_str(release, "target_commitish");
    char tag[REF_MAX], branch[REF_MAX], sha[GIT_HEX_SIZE];
    struct git_repo *git = c->forge->git;

    (void)snprintf(tag, sizeof(tag), "refs/tags/%s", row_str(release, "tag_name"));
    (void)snprintf(branch, sizeof(branch), "refs/heads/%s", target);
    if (git_resolve(sha, git, tag, NULL) == 0)
        return 0;
    int rc = git_resolve(sha, git, branch, NULL);
    if (rc < 0)
        rc = git_resolve(sha, git, target, err);
    return rc < 0 ? rc : git_set_ref(git, tag, sha, NULL, err);
}

static int publish(struct call *c, json_t *release)
{
    char now[RFC3339_SIZE];

    if (make_tag(c, release, NULL) < 0)
        return c->view.dialect->status_no_target == 422
                   ? call_invalid(c, "Release", "target_commitish", "invalid")
                   : call_not_found(c);
    row_set(release, "draft", json_false());
    row_set_str(release, "published_at", forge_now_text(c->forge, now));
    return 0;
}

/* What create and edit have in common; absent keys leave the row as it is. */
static void copy_words(const struct call *c, json_t *release)
{
    static const char *const texts[] = { "tag_name", "target_commitish", "name", "body" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (call_text(c, texts[i]))
            row_set_str(release, texts[i], call_text(c, texts[i]));
    }
    if (json_is_boolean(json_object_get(c->in, "prerelease")))
        (void)json_object_set(release, "prerelease", json_object_get(c->in, "prerelease"));
}

int api_release_create(struct call *c)
{
    const char *tag = call_text(c, "tag_name");
    char now[RFC3339_SIZE];

    if (!tag || !*tag || strlen(tag) > TAG_MAX_BYTES)
        return call_invalid(c, "Release", "tag_name",
                            tag && *tag ? "invalid" : "missing_field");
    if (by_tag(&c->forge->state, tag))
        return refuse_second(c);

    json_t *row =
        json_pack("{s:s, s:s, s:n, s:n, s:b, s:b, s:s, s:s, s:n}", "tag_name", tag,
                  "target_commitish", row_str(state_repo(&c->forge->state), "default_branch"),
                  "name", "body", "draft", 1, "prerelease", 0, "author", c->view.me,
                  "created_at", forge_now_text(c->forge, now), "published_at");
    copy_words(c, row);
    int status = row_flag(c->in, "draft") ? 0 : publish(c, row);
    if (status != 0) {
        json_decref(row);
        return status;
    }
    return call_show(c, 201,
                     c->shapes->release(&c->view, state_add(&c->forge->state, RELEASES, row)));
}

int api_release_edit(struct call *c)
{
    json_t *release = call_row(c, RELEASES, "id");
    const char *tag = call_text(c, "tag_name");

    if (!release)
        return call_not_found(c);
    const json_t *other = tag ? by_tag(&c->forge->state, tag) : NULL;
    if (other && other != release)
        return refuse_second(c);
    copy_words(c, release);
    if (row_flag(release, "draft") && json_is_false(json_object_get(c->in, "draft"))) {
        int status = publish(c, release);

        if (status != 0)
            return status;
    }
    return call_show(c, 200, c->shapes->release(&c->view, release));
}

/* Its files go with it; the tag stays, as on GitHub. */
int api_release_delete(struct call *c)
{
    const json_t *release = call_row(c, RELEASES, "id");

    if (!release)
        return call_not_found(c);
    int64_t id = row_int(release, "id");
    const json_t *assets = state_table(&c->forge->state, ASSETS);
    for (size_t i = json_array_size(assets); i-- > 0;) {
        const json_t *asset = json_array_get(assets, i);

        if (row_int(asset, "release") == id)
            forge_remove_asset(c->forge, row_int(asset, "id"));
    }
    state_remove(&c->forge->state, RELEASES, id);
    return call_show(c, 204, NULL);
}
