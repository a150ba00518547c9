/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fake_forge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "bot/forge/forge.h"

void fake_forge_init(struct forge *f)
{
    *f = (struct forge){ .next_id = FAKE_FIRST_ID };
}

void fake_forget_statuses(struct forge *f)
{
    for (int i = 0; i < f->n_statuses; i++) {
        free(f->statuses[i].sha);
        free(f->statuses[i].context);
        free(f->statuses[i].state);
        free(f->statuses[i].description);
    }
    f->n_statuses = 0;
}

void fake_forge_finish(struct forge *f)
{
    for (int i = 0; i < f->n_threads; i++)
        for (int j = 0; j < f->threads[i].n_labels; j++)
            free(f->threads[i].labels[j]);
    for (int i = 0; i < f->n_comments; i++)
        free(f->comments[i].body);
    fake_forget_statuses(f);
    for (int i = 0; i < f->n_releases; i++) {
        free(f->releases[i].tag);
        free(f->releases[i].body);
        for (int j = 0; j < f->releases[i].n_assets; j++)
            free(f->releases[i].assets[j].name);
    }
}

struct fake_thread *fake_add_thread(struct forge *f, int64_t number, const char *head_sha)
{
    struct fake_thread *t = &f->threads[f->n_threads++];

    *t = (struct fake_thread){ .number = number, .head_sha = head_sha };
    return t;
}

static struct fake_thread *find_thread(const struct forge *f, int64_t number)
{
    for (int i = 0; i < f->n_threads; i++)
        if (f->threads[i].number == number && !f->threads[i].is_gone)
            return (struct fake_thread *)(uintptr_t)&f->threads[i];
    return NULL;
}

static int label_index(const struct fake_thread *t, const char *label)
{
    for (int i = 0; t && i < t->n_labels; i++)
        if (text_equal_ignoring_case(t->labels[i], label))
            return i;
    return -1;
}

void fake_add_label(struct fake_thread *t, const char *label)
{
    if (label_index(t, label) < 0)
        t->labels[t->n_labels++] = xstrdup(label);
}

bool fake_has_label(const struct forge *f, int64_t number, const char *label)
{
    return label_index(find_thread(f, number), label) >= 0;
}

int64_t fake_add_comment(struct forge *f, int64_t number, int64_t author_id, const char *body)
{
    f->comments[f->n_comments++] =
        (struct fake_comment){ f->next_id, number, author_id, xstrdup(body) };
    return f->next_id++;
}

void fake_delete_comment(struct forge *f, int64_t id)
{
    for (int i = 0; i < f->n_comments; i++)
        if (f->comments[i].id == id)
            f->comments[i].number = 0;
}

void fake_add_status(struct forge *f, const char *sha, const struct forge_status *status)
{
    f->statuses[f->n_statuses++] = (struct fake_status){
        .sha = xstrdup(sha),
        .context = xstrdup(status->context),
        .state = xstrdup(status->state),
        .description = xstrdup(status->description),
        .creator_id = status->creator_id,
        .id = f->next_id++,
    };
}

/* Counts a write. True: it is to take effect; *rc is what to answer. */
static bool write_takes_effect(struct forge *f, int *rc, struct err *err)
{
    f->n_writes++;
    *rc = 0;
    if (f->n_failures == 0)
        return true;
    f->n_failures--;
    *rc = err_set(err, (enum err_code)f->failure, "the fake forge fails as it was told");
    return f->effect == FAKE_DONE;
}

/* Reads --------------------------------------------------------------------------------- */

static struct forge_user user(int64_t id)
{
    return (struct forge_user){ .id = id, .login = id == FAKE_SELF_ID ? "hearth" : "someone" };
}

/* Two comments a page, so that paging is seen to work. */
int forge_read_page(struct forge *f, const struct forge_read *what, forge_page_fn *fn,
                    void *ctx, struct err *err)
{
    struct forge_entry entries[2];
    struct forge_page page = { .list = what->list, .entries = entries, .next = "" };
    int skip = what->next ? what->next[1] - 'A' : 0, seen = 0;
    char next[] = "/A\0";
    int64_t number = what->next ? what->next[2] : what->number;

    for (int i = 0; i < f->n_comments; i++) {
        const struct fake_comment *c = &f->comments[i];
        if (c->number != number || seen++ < skip)
            continue;
        if (page.n == 2) {
            next[1] = (char)('A' + skip + 2);
            next[2] = (char)number;
            page.next = next;
            break;
        }
        entries[page.n++] = (struct forge_entry){
            .id = c->id,
            .number = c->number,
            .author = user(c->author_id),
            .body = c->body,
        };
    }
    return fn(ctx, &page, err);
}

int forge_get_thread(struct forge *f, int64_t number,
                     int (*fn)(void *, const struct forge_thread *, struct err *), void *ctx,
                     struct err *err)
{
    const struct fake_thread *t = find_thread(f, number);
    const char *labels[FAKE_MAX];

    if (!t)
        return err_set(err, ERR_NOTFOUND, "no thread %lld", (long long)number);
    for (int i = 0; i < t->n_labels; i++)
        labels[i] = t->labels[i];
    const struct forge_thread thread = {
        .number = number,
        .is_pull = t->head_sha,
        .is_locked = t->is_locked,
        .labels = labels,
        .n_labels = (size_t)t->n_labels,
    };
    return fn(ctx, &thread, err);
}

int forge_get_pull(struct forge *f, int64_t number,
                   int (*fn)(void *, const struct forge_pull *, struct err *), void *ctx,
                   struct err *err)
{
    const struct fake_thread *t = find_thread(f, number);

    if (!t || !t->head_sha)
        return err_set(err, ERR_NOTFOUND, "no pull request %lld", (long long)number);
    const struct forge_pull pull = { .number = number, .head_sha = t->head_sha };
    return fn(ctx, &pull, err);
}

int forge_each_moment(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_moment *, struct err *), void *ctx,
                      struct err *err)
{
    const struct fake_thread *t = find_thread(f, number);

    if (!t)
        return err_set(err, ERR_NOTFOUND, "no thread %lld", (long long)number);
    if (!t->set_label)
        return 0;
    const struct forge_moment moment = {
        .kind = t->set_kind ? t->set_kind : "labeled",
        .label = t->set_label,
        .sha = "",
        .event_id = t->set_event,
    };
    return fn(ctx, &moment, err);
}

int forge_each_status(struct forge *f, const char *sha,
                      int (*fn)(void *, const struct forge_status *, struct err *), void *ctx,
                      struct err *err)
{
    int rc = 0;

    for (int i = 0; i < f->n_statuses && rc == 0; i++) {
        int at = f->lists_oldest_first ? i : f->n_statuses - 1 - i;
        const struct fake_status *s = &f->statuses[at];
        const struct forge_status status = {
            .id = s->id,
            .context = s->context,
            .state = s->state,
            .description = s->description,
            .creator_id = s->creator_id,
        };
        if (strcmp(s->sha, sha) == 0)
            rc = fn(ctx, &status, err);
    }
    return rc;
}

static struct fake_release *find_release(struct forge *f, const char *tag)
{
    for (int i = 0; i < f->n_releases; i++)
        if (strcmp(f->releases[i].tag, tag) == 0)
            return &f->releases[i];
    return NULL;
}

int forge_find_release(struct forge *f, const char *tag,
                       int (*fn)(void *, const struct forge_release *, struct err *), void *ctx,
                       struct err *err)
{
    struct forge_asset assets[FAKE_MAX];
    const struct fake_release *r = find_release(f, tag);

    if (!r)
        return err_set(err, ERR_NOTFOUND, "no release %s", tag);
    for (int i = 0; i < r->n_assets; i++)
        assets[i] = (struct forge_asset){ r->assets[i].id, r->assets[i].size, r->assets[i].name,
                                          r->assets[i].state };
    const struct forge_release release = {
        .id = r->id,
        .tag = r->tag,
        .body = r->body,
        .author = user(r->author_id),
        .assets = assets,
        .n_assets = (size_t)r->n_assets,
    };
    return fn(ctx, &release, err);
}

/* Writes -------------------------------------------------------------------------------- */

int forge_create_comment(struct forge *f, int64_t number, const char *body, int64_t *ret_id,
                         struct err *err)
{
    int rc;

    if (write_takes_effect(f, &rc, err)) {
        int64_t id = fake_add_comment(f, number, FAKE_SELF_ID, body);
        if (rc == 0)
            *ret_id = id;
    }
    return rc;
}

int forge_edit_comment(struct forge *f, int64_t id, const char *body, struct err *err)
{
    int rc;

    if (!write_takes_effect(f, &rc, err))
        return rc;
    for (int i = 0; i < f->n_comments; i++)
        if (f->comments[i].id == id) {
            free(f->comments[i].body);
            f->comments[i].body = xstrdup(body);
        }
    return rc;
}

int forge_add_label(struct forge *f, int64_t number, const char *label, struct err *err)
{
    int rc;

    if (write_takes_effect(f, &rc, err))
        fake_add_label(find_thread(f, number), label);
    return rc;
}

int forge_remove_label(struct forge *f, int64_t number, const char *label, struct err *err)
{
    struct fake_thread *t = find_thread(f, number);
    int at = label_index(t, label), rc;

    if (at < 0)
        return err_set(err, ERR_NOTFOUND, "no label '%s' on %lld", label, (long long)number);
    if (write_takes_effect(f, &rc, err)) {
        free(t->labels[at]);
        t->labels[at] = t->labels[--t->n_labels];
    }
    return rc;
}

int forge_create_status(struct forge *f, const char *sha, const struct forge_status *status,
                        const char *target_url, struct err *err)
{
    int rc;

    (void)target_url;
    if (write_takes_effect(f, &rc, err)) {
        struct forge_status ours = *status;

        ours.creator_id = FAKE_SELF_ID;
        fake_add_status(f, sha, &ours);
    }
    return rc;
}

int forge_create_release(struct forge *f, const struct forge_release *release,
                         const char *target_sha, int64_t *ret_id, struct err *err)
{
    int rc;

    (void)target_sha;
    if (find_release(f, release->tag))
        return err_set(err, ERR_EXISTS, "release %s exists", release->tag);
    if (write_takes_effect(f, &rc, err)) {
        f->releases[f->n_releases++] = (struct fake_release){
            .id = f->next_id++,
            .author_id = FAKE_SELF_ID,
            .tag = xstrdup(release->tag),
            .body = xstrdup(release->body),
        };
        *ret_id = f->next_id - 1;
    }
    return rc;
}

int forge_upload_asset(struct forge *f, int64_t release_id, const char *name,
                       const char *content_type, const char *path, int64_t *ret_id,
                       struct err *err)
{
    struct fake_release *r = NULL;
    int rc;

    (void)content_type;
    for (int i = 0; i < f->n_releases; i++)
        if (f->releases[i].id == release_id)
            r = &f->releases[i];
    if (!r)
        return err_set(err, ERR_NOTFOUND, "no release %lld", (long long)release_id);
    if (write_takes_effect(f, &rc, err)) {
        r->assets[r->n_assets++] =
            (struct fake_asset){ f->next_id++, fs_size(path), xstrdup(name), "uploaded" };
        *ret_id = f->next_id - 1;
    }
    return rc;
}

int forge_delete_asset(struct forge *f, int64_t release_id, int64_t asset_id, struct err *err)
{
    (void)release_id;
    (void)err;
    f->n_deletes++;
    for (int i = 0; i < f->n_releases; i++)
        for (int j = 0; j < f->releases[i].n_assets; j++) {
            struct fake_release *r = &f->releases[i];
            if (r->assets[j].id != asset_id)
                continue;
            free(r->assets[j].name);
            r->assets[j] = r->assets[--r->n_assets];
        }
    return 0;
}
