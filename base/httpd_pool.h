/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_pool.h
 * httpd_pool: threads that run handlers which may block, so that the server's own never do.
 * Private to base/httpd*.c. Requests wait in one queue, first come, first served; the pool
 * owns none of them. */
#ifndef BASE_HTTPD_POOL_H
#define BASE_HTTPD_POOL_H
struct err;
struct httpd_pool;
struct httpd_request;

/* run is called with ctx on one of the pool's threads, once for each request added. */
int httpd_pool_new(struct httpd_pool **ret, unsigned threads,
                   void (*run)(struct httpd_request *req, void *ctx), void *ctx,
                   struct err *err);

/* 0, or -ERR_LIMIT when too many wait already, or the pool has ended. */
int httpd_pool_add(struct httpd_pool *pool, struct httpd_request *req);

/* Runs what waits, then ends the threads; adding stays allowed and fails. */
void httpd_pool_end(struct httpd_pool *pool);
void httpd_pool_free(struct httpd_pool *pool); /* ends it before; NULL is fine */

#endif
