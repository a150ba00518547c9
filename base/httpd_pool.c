/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/httpd_request.h"

enum { MAX_WAITING = 4096 };

struct httpd_pool {
    void (*run)(struct httpd_request *req, void *ctx);
    void *ctx;
    pthread_t *threads;
    unsigned n_threads;
    pthread_mutex_t lock; /* what follows is read and written under it */
    pthread_cond_t changed;
    struct httpd_request *first, *last; /* httpd_request::next */
    unsigned n_waiting;
    bool is_ending;
};

/* The next request; NULL when the pool ends. */
static struct httpd_request *take_next(struct httpd_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->is_ending)
        (void)pthread_cond_wait(&pool->changed, &pool->lock);

    struct httpd_request *req = pool->first;
    if (req) {
        pool->first = req->next;
        pool->n_waiting--;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return req;
}

static void *work(void *arg)
{
    struct httpd_pool *pool = arg;
    struct httpd_request *req;

    while ((req = take_next(pool)))
        pool->run(req, pool->ctx);
    return NULL;
}

int httpd_pool_new(struct httpd_pool **ret, unsigned threads,
                   void (*run)(struct httpd_request *req, void *ctx), void *ctx,
                   struct err *err)
{
    struct httpd_pool *pool = xcalloc(1, sizeof(*pool));

    pool->run = run;
    pool->ctx = ctx;
    pool->threads = xcalloc(threads, sizeof(*pool->threads));
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->changed, NULL);
    for (; pool->n_threads < threads; pool->n_threads++) {
        int failed = pthread_create(&pool->threads[pool->n_threads], NULL, work, pool);

        if (failed == 0)
            continue;
        httpd_pool_free(pool);
        errno = failed;
        return err_errno(err, "cannot start a thread of the server");
    }
    *ret = pool;
    return 0;
}

int httpd_pool_add(struct httpd_pool *pool, struct httpd_request *req)
{
    int rc = 0;

    req->next = NULL;
    (void)pthread_mutex_lock(&pool->lock);
    if (pool->is_ending || pool->n_waiting == MAX_WAITING) {
        rc = -ERR_LIMIT;
    } else {
        if (pool->first)
            pool->last->next = req;
        else
            pool->first = req;
        pool->last = req;
        pool->n_waiting++;
        (void)pthread_cond_signal(&pool->changed);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return rc;
}

void httpd_pool_end(struct httpd_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->n_threads; i++)
        (void)pthread_join(pool->threads[i], NULL);
    pool->n_threads = 0;
}

void httpd_pool_free(struct httpd_pool *pool)
{
    if (!pool)
        return;
    httpd_pool_end(pool);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}
