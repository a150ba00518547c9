/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_memo.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/httpd_request.h"

enum { SLOTS = 1024, MAX_BYTES = 128 << 10, MAX_KEY_BYTES = 2048 };

/* A key has one place: a newcomer takes it over. */
struct slot {
    char *key; /* NULL: empty */
    struct MHD_Response *reply;
    int status;
    int64_t bytes, until_ms;
    uint64_t generation;
};

struct httpd_memo {
    pthread_mutex_t lock;
    uint64_t generation;
    struct slot slots[SLOTS];
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct httpd_memo *httpd_memo_new(void)
{
    struct httpd_memo *memo = xcalloc(1, sizeof(*memo));

    (void)pthread_mutex_init(&memo->lock, NULL);
    return memo;
}

static void slot_clear(struct slot *slot)
{
    if (slot->reply)
        MHD_destroy_response(slot->reply);
    free(slot->key);
    *slot = (struct slot){ 0 };
}

void httpd_memo_free(struct httpd_memo *memo)
{
    if (!memo)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        slot_clear(&memo->slots[i]);
    (void)pthread_mutex_destroy(&memo->lock);
    free(memo);
}

/* Headers that make a request one of its own. */
static bool is_plain(const struct httpd_request *req)
{
    static const char *const own[] = { MHD_HTTP_HEADER_AUTHORIZATION, MHD_HTTP_HEADER_RANGE,
                                       MHD_HTTP_HEADER_IF_NONE_MATCH,
                                       MHD_HTTP_HEADER_IF_RANGE };

    if (strcmp(req->method, MHD_HTTP_METHOD_GET) != 0)
        return false;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (httpd_header(req, own[i]))
            return false;
    return true;
}

/* Where links lead depends on the Host; false for a key that is too long. */
static bool make_key(char key[MAX_KEY_BYTES], const struct httpd_request *req)
{
    const char *host = httpd_header(req, MHD_HTTP_HEADER_HOST);
    const char *parts[] = { host ? host : "", req->path, "?", req->query };
    size_t at = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t len = strlen(parts[i]);

        if (len >= MAX_KEY_BYTES - at)
            return false;
        memcpy(key + at, parts[i], len + 1);
        at += len;
    }
    return true;
}

/* FNV-1a, 64 bits. */
static struct slot *slot_of(struct httpd_memo *memo, const char *key)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
    return &memo->slots[(hash ^ hash >> 32) % SLOTS];
}

bool httpd_memo_answer(struct httpd_memo *memo, struct httpd_request *req)
{
    char key[MAX_KEY_BYTES];
    bool is_queued = false;

    if (!is_plain(req) || !make_key(key, req))
        return false;
    (void)pthread_mutex_lock(&memo->lock);
    const struct slot *slot = slot_of(memo, key);
    if (slot->key && slot->generation == memo->generation && slot->until_ms > now_ms() &&
        strcmp(slot->key, key) == 0) {
        is_queued =
            MHD_queue_response(req->connection, (unsigned)slot->status, slot->reply) == MHD_YES;
        req->sent_status = slot->status;
        req->sent_bytes = slot->bytes;
    }
    (void)pthread_mutex_unlock(&memo->lock);
    return is_queued;
}

bool httpd_memo_keep(struct httpd_memo *memo, const struct httpd_request *req,
                     struct MHD_Response *reply)
{
    char key[MAX_KEY_BYTES];
    bool is_kept = false;

    if (req->memo_ms == 0 || req->sent_status != MHD_HTTP_OK || req->sent_bytes > MAX_BYTES ||
        !is_plain(req) || !make_key(key, req))
        return false;
    (void)pthread_mutex_lock(&memo->lock);
    struct slot *slot = slot_of(memo, key);
    if (req->memo_generation == memo->generation) {
        slot_clear(slot);
        *slot = (struct slot){ .key = xstrdup(key),
                               .reply = reply,
                               .status = req->sent_status,
                               .bytes = req->sent_bytes,
                               .until_ms = now_ms() + req->memo_ms,
                               .generation = memo->generation };
        is_kept = true;
    }
    (void)pthread_mutex_unlock(&memo->lock);
    return is_kept;
}

void httpd_memo_forget(struct httpd_memo *memo)
{
    (void)pthread_mutex_lock(&memo->lock);
    memo->generation++;
    (void)pthread_mutex_unlock(&memo->lock);
}

uint64_t httpd_memo_generation(struct httpd_memo *memo)
{
    (void)pthread_mutex_lock(&memo->lock);
    uint64_t generation = memo->generation;
    (void)pthread_mutex_unlock(&memo->lock);
    return generation;
}
