/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/downloads.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/httpd.h"
#include "base/log.h"
#include "base/text.h"
#include "hub/web/access.h"
#include "hub/web/media.h"

enum {
    TAKERS = 1 << 16, /* 1 MiB, touched as it fills */
    PROBES = 8,
    WRITE_MS = 5000,
    MAX_PENDING = 1024, /* repositories between two writes; beyond them nobody is counted */
    DAY_S = 86400,
};

struct taker {
    uint64_t hash; /* of address, person and repository */
    int64_t seen_at;
};

struct pending {
    enum hosted_kind kind;
    char *ns, *name;
    int64_t count;
};

struct downloads {
    struct access *access;
    pthread_t thread;
    int end_fd;           /* eventfd: readable when it ends */
    int64_t folded_day;   /* the thread's */
    pthread_mutex_t lock; /* of all below; taken inside the lock of hub.db, never around it */
    struct pending pending[MAX_PENDING];
    size_t n_pending;
    struct taker takers[TAKERS];
};

/* FNV-1a, 64 bits. */
static uint64_t hash_add(uint64_t hash, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return hash * 0x100000001b3u; /* an end: "a" and "b" are not "ab" */
}

/* Whether this one was quiet; its place is its own, a free one, or that of the most quiet. */
static bool is_new_taker(struct downloads *d, uint64_t hash, int64_t now)
{
    struct taker *place = &d->takers[hash % TAKERS];

    for (uint64_t i = 0; i < PROBES; i++) {
        struct taker *at = &d->takers[(hash + i) % TAKERS];

        if (at->hash == hash) {
            place = at;
            break;
        }
        if (at->seen_at < place->seen_at)
            place = at;
    }
    bool is_new = place->hash != hash || now - place->seen_at > DOWNLOADS_QUIET_S;
    *place = (struct taker){ hash, now };
    return is_new;
}

static bool is_of(const struct pending *p, const struct hosted_name *name)
{
    return p->kind == name->kind && strcasecmp(p->ns, name->ns) == 0 &&
           strcasecmp(p->name, name->name) == 0;
}

static struct pending *find_pending(struct downloads *d, const struct hosted_name *name)
{
    for (size_t i = 0; i < d->n_pending; i++)
        if (is_of(&d->pending[i], name))
            return &d->pending[i];
    return NULL;
}

static void add_pending(struct downloads *d, const struct hosted_name *name)
{
    struct pending *p = find_pending(d, name);

    if (!p && d->n_pending == MAX_PENDING)
        return;
    if (!p) {
        p = &d->pending[d->n_pending++];
        *p = (struct pending){ .kind = name->kind,
                               .ns = xstrdup(name->ns),
                               .name = xstrdup(name->name) };
    }
    p->count++;
}

/* "/namespace/name/resolve/..." and the same of datasets, by which files come. */
struct taken {
    enum hosted_kind kind;
    const char *ns, *name, *rest;
    size_t ns_len, name_len;
};

static bool read_taken(struct taken *ret, const struct httpd_done *done)
{
    static const char datasets[] = "/datasets/", models[] = "/";
    const char *prefix = text_has_prefix(done->path, datasets) ? datasets : models;

    if (!done->pattern || !strstr(done->pattern, "/resolve/") ||
        strcmp(done->method, "GET") != 0 || !done->is_whole ||
        (done->status != 200 && done->status != 206))
        return false;
    ret->kind = prefix == datasets ? HOSTED_DATASET : HOSTED_MODEL;
    ret->ns = done->path + strlen(prefix);
    ret->ns_len = strcspn(ret->ns, "/");
    ret->name = ret->ns + ret->ns_len + 1;
    ret->name_len = strcspn(ret->name, "/");
    ret->rest = ret->name + ret->name_len;
    return true;
}

/* Pictures of a model are looked at with its card. */
static bool is_counted(const struct taken *taken)
{
    return taken->kind == HOSTED_DATASET ||
           !text_has_prefix(media_of_file(taken->rest), "image/");
}

void downloads_count(struct downloads *d, const struct httpd_done *done)
{
    int64_t now = access_now(d->access);
    struct taken taken;

    if (!read_taken(&taken, done) || !is_counted(&taken))
        return;
    uint64_t hash =
        hash_add(0xcbf29ce484222325u, done->path, (size_t)(taken.rest - done->path));
    hash = hash_add(hash, done->peer, strlen(done->peer));
    hash = hash_add(hash, done->user ? done->user : "", done->user ? strlen(done->user) : 0);
    (void)pthread_mutex_lock(&d->lock);
    if (is_new_taker(d, hash, now)) {
        char *ns = xstrndup(taken.ns, taken.ns_len);
        char *name = xstrndup(taken.name, taken.name_len);

        add_pending(d, &(struct hosted_name){ taken.kind, ns, name });
        free(name);
        free(ns);
    }
    (void)pthread_mutex_unlock(&d->lock);
}

/* The caller frees the strings, too. */
static struct pending *take_pending(struct downloads *d, size_t *ret_n)
{
    struct pending *taken = NULL;

    (void)pthread_mutex_lock(&d->lock);
    *ret_n = d->n_pending;
    if (d->n_pending > 0) {
        taken = xcalloc(d->n_pending, sizeof(*taken));
        memcpy(taken, d->pending, d->n_pending * sizeof(*taken));
        d->n_pending = 0;
    }
    (void)pthread_mutex_unlock(&d->lock);
    return taken;
}

static int write_all(struct db *db, const struct pending *pending, size_t n, int64_t day,
                     struct err *err)
{
    int rc = db_begin(db, DB_FAST, err);

    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct pending *p = &pending[i];

        rc = download_add(db, &(struct hosted_name){ p->kind, p->ns, p->name }, day, p->count,
                          err);
    }
    if (rc == 0)
        return db_commit(db, err);
    db_rollback(db);
    return rc;
}

/* Counts leave the memory while hub.db is locked: readers find them in one of the two. */
static void write_down(struct downloads *d)
{
    int64_t day = access_now(d->access) / DAY_S;
    struct db *db = access_lock(d->access);
    struct err err = { 0 };
    size_t n = 0;
    struct pending *pending = take_pending(d, &n);
    int rc = 0;

    if (n > 0)
        rc = write_all(db, pending, n, day, &err);
    if (n > 0 && rc == 0 && d->folded_day != day) {
        rc = download_fold(db, day - DOWNLOADS_RECENT_DAYS, &err);
        d->folded_day = day;
    }
    access_unlock(d->access);
    if (rc < 0)
        log_event(LOG_WARN, "downloads-lost", "repositories=%zu error=\"%s\"", n, err.msg);
    for (size_t i = 0; i < n; i++) {
        free(pending[i].ns);
        free(pending[i].name);
    }
    free(pending);
}

/* False when it is time to end. */
static bool wait_a_while(const struct downloads *d)
{
    struct pollfd ending = { .fd = d->end_fd, .events = POLLIN };

    return poll(&ending, 1, WRITE_MS) <= 0;
}

static void *write_on(void *arg)
{
    struct downloads *d = arg;

    while (wait_a_while(d))
        write_down(d);
    write_down(d);
    return NULL;
}

static void free_ended(struct downloads *d)
{
    if (d->end_fd >= 0)
        (void)close(d->end_fd);
    (void)pthread_mutex_destroy(&d->lock);
    free(d);
}

int downloads_start(struct downloads **ret, struct access *access, struct err *err)
{
    struct downloads *d = xcalloc(1, sizeof(*d));

    d->access = access;
    d->end_fd = eventfd(0, EFD_CLOEXEC);
    (void)pthread_mutex_init(&d->lock, NULL);
    int failed = d->end_fd < 0 ? errno : pthread_create(&d->thread, NULL, write_on, d);
    if (failed == 0) {
        *ret = d;
        return 0;
    }
    free_ended(d);
    errno = failed;
    return err_errno(err, "cannot start the thread that counts downloads");
}

void downloads_stop(struct downloads *d)
{
    const uint64_t one = 1;

    if (!d)
        return;
    if (write(d->end_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
        (void)pthread_join(d->thread, NULL);
    free_ended(d);
}

static struct download_since since_of(const struct downloads *d)
{
    int64_t today = access_now(d->access) / DAY_S;

    return (struct download_since){ today - DOWNLOADS_WEEK_DAYS,
                                    today - DOWNLOADS_RECENT_DAYS };
}

void downloads_read(struct download_sums *ret, struct downloads *d,
                    const struct hosted_name *name)
{
    const struct download_since since = since_of(d);

    *ret = (struct download_sums){ 0 };
    (void)download_sum(ret, access_lock(d->access), name, &since, NULL);
    (void)pthread_mutex_lock(&d->lock);
    const struct pending *p = find_pending(d, name);
    if (p) {
        ret->week += p->count;
        ret->recent += p->count;
        ret->all += p->count;
    }
    (void)pthread_mutex_unlock(&d->lock);
    access_unlock(d->access);
}

void downloads_each(struct downloads *d, enum hosted_kind kind, download_sums_fn *fn, void *ctx)
{
    const struct download_since since = since_of(d);

    (void)download_sum_each(access_lock(d->access), kind, &since, fn, ctx, NULL);
    (void)pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n_pending; i++) {
        const struct pending *p = &d->pending[i];
        const struct hosted_name name = { p->kind, p->ns, p->name };
        const struct download_sums sums = { p->count, p->count, p->count };

        if (p->kind == kind)
            (void)fn(ctx, &name, &sums, NULL);
    }
    (void)pthread_mutex_unlock(&d->lock);
    access_unlock(d->access);
}
