/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bot/forge/dialect.h"
#include "bot/forge/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void is_user(const struct forge_user *user)
{
    assert(user->login && user->id >= 0);
}

static void as_thread(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_thread thread;

    d->map_thread(r, doc, &thread);
    is_user(&thread.author);
    assert(thread.title && thread.body && thread.state_reason && thread.repo_url);
    for (size_t i = 0; i < thread.n_labels; i++)
        assert(thread.labels[i][0] != '\0');
    assert(r->first.code != 0 || (thread.number > 0 && thread.n_comments >= 0));
    free(thread.labels);
}

static void as_entry(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    for (int kind = FORGE_COMMENT; kind <= FORGE_REVIEW_COMMENT; kind++) {
        struct forge_entry entry;
        d->map_entry(r, doc, (enum forge_entry_kind)kind, &entry);
        is_user(&entry.author);
        assert(entry.body && entry.path && entry.review_state);
        assert(r->first.code != 0 || (entry.id > 0 && entry.number > 0));
    }
}

static void as_event(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_event event;
    struct forge_moment moment;

    if (d->map_event) {
        d->map_event(r, doc, &event);
        is_user(&event.actor);
        assert(event.kind && event.label && event.commit_sha && event.number >= 0);
    }
    d->map_moment(r, doc, &moment);
    is_user(&moment.actor);
    assert(moment.kind && moment.label && moment.sha && moment.event_id >= 0);
}

static void as_pull(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_status status;
    struct forge_pull pull;

    map_pull(r, doc, &pull);
    assert(pull.head_sha && pull.merge_sha && pull.base_ref && pull.base_sha);
    map_status(r, doc, d->status_key, &status);
    assert(status.context && status.state && status.description && status.creator_id >= 0);
}

static void as_release(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_release release;

    (void)d; /* all say it alike */
    map_release(r, doc, &release);
    is_user(&release.author);
    assert(release.tag && release.upload_url);
    for (size_t i = 0; i < release.n_assets; i++)
        assert(release.assets[i].name && release.assets[i].state);
    free((void *)(uintptr_t)release.assets);
}

static void as_repo(const struct dialect *d, struct json_reader *r, const json_t *doc)
{
    struct forge_repo repo;
    struct forge_user me;

    map_repo(r, doc, &repo);
    assert(repo.owner && repo.name && repo.default_branch && repo.clone_url);
    map_me(r, doc, &me);
    is_user(&me);
    (void)d->map_role(r, doc);
}

/* Any JSON, taken for each kind of object by each dialect: no string is NULL, no id of a user
 * negative, and what the reader does not complain about has its numbers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct dialect *const dialects[] = { &dialect_github, &dialect_gitea };
    static void (*const kinds[])(const struct dialect *, struct json_reader *,
                                 const json_t *) = {
        as_thread, as_entry, as_event, as_pull, as_release, as_repo,
    };
    json_t *doc = NULL;

    if (json_parse(&doc, (const char *)data, len, "input", NULL) < 0)
        return 0;
    for (size_t d = 0; d < sizeof(dialects) / sizeof(dialects[0]); d++)
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
            struct json_reader r;
            json_reader_init(&r, "object");
            kinds[i](dialects[d], &r, doc);
        }
    json_decref(doc);
    return 0;
}
