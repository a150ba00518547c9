/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_memo.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/httpd_reply.h"
#include "base/httpd_request.h"

enum { SLOTS = 1024, MAX_BYTES = 128 << 10, MAX_KEY_BYTES = 2048, MAX_COPIES = 16 };

/* What is sent again: all of a reply but its id. Shared by the slot, its copies and the replies
 * that are being sent; the last one frees it. */
struct kept {
    atomic_int owners;
    char *body;
    size_t len;
    size_t n_headers;
    struct {
        char *name, *value;
    } headers[HTTPD_MAX_REPLY_HEADERS + 1];
};

/* microhttpd's form of it, which one thread of the server sends: before it returns to its
 * connections, the headers have been written out, and their id may be changed for the next. */
struct copy {
    pthread_t thread;
    struct MHD_Response *reply;
    char id[HTTPD_ID_SIZE];
};

/* A key has one place: a newcomer takes it over. */
struct slot {
    char *key; /* NULL: empty */
    struct kept *kept;
    struct copy copies[MAX_COPIES];
    size_t n_copies;
    int64_t fresh_until_ms, until_ms;
    bool is_asked_again;
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

static void kept_add_header(struct kept *kept, const char *name, const char *value)
{
    kept->headers[kept->n_headers].name = xstrdup(name);
    kept->headers[kept->n_headers].value = xstrdup(value);
    kept->n_headers++;
}

static void kept_release(void *cls)
{
    struct kept *kept = cls;

    if (!kept || atomic_fetch_sub(&kept->owners, 1) > 1)
        return;
    for (size_t i = 0; i < kept->n_headers; i++) {
        free(kept->headers[i].name);
        free(kept->headers[i].value);
    }
    free(kept->body);
    free(kept);
}

static void slot_clear(struct slot *slot)
{
    for (size_t i = 0; i < slot->n_copies; i++)
        MHD_destroy_response(slot->copies[i].reply);
    kept_release(slot->kept);
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

/* NULL when there is no memory for it. */
static struct MHD_Response *reply_of(struct kept *kept)
{
    struct MHD_Response *reply = MHD_create_response_from_buffer_with_free_callback_cls(
        kept->len, kept->body, kept_release, kept);

    if (reply)
        (void)atomic_fetch_add(&kept->owners, 1);
    for (size_t i = 0; reply && i < kept->n_headers; i++)
        httpd_reply_add(reply, kept->headers[i].name, kept->headers[i].value);
    return reply;
}

/* This thread's; NULL when there are too many. */
static struct copy *copy_of(struct slot *slot)
{
    pthread_t self = pthread_self();
    size_t i = 0;

    while (i < slot->n_copies && !pthread_equal(slot->copies[i].thread, self))
        i++;
    if (i == MAX_COPIES)
        return NULL;
    struct copy *copy = &slot->copies[i];
    if (i == slot->n_copies) {
        *copy = (struct copy){ .thread = self, .reply = reply_of(slot->kept) };
        slot->n_copies += copy->reply != NULL;
    }
    return copy->reply ? copy : NULL;
}

static bool send_again(struct httpd_request *req, struct slot *slot)
{
    struct copy *copy = copy_of(slot);

    if (!copy)
        return false;
    if (copy->id[0])
        (void)MHD_del_response_header(copy->reply, HTTPD_ID_HEADER, copy->id);
    if (req->id[0])
        httpd_reply_add(copy->reply, HTTPD_ID_HEADER, req->id);
    memcpy(copy->id, req->id, sizeof(copy->id));
    req->sent_status = MHD_HTTP_OK;
    req->sent_bytes = (int64_t)slot->kept->len;
    return MHD_queue_response(req->connection, MHD_HTTP_OK, copy->reply) == MHD_YES;
}

/* When half its time is up the next one who asks goes for a new one, while all others still get
 * this: else all of them would go at once when the whole of it is. */
static bool is_current(struct slot *slot, uint64_t generation, const char *key)
{
    int64_t now = now_ms();

    if (!slot->key || slot->generation != generation || slot->until_ms <= now ||
        strcmp(slot->key, key) != 0)
        return false;
    if (slot->fresh_until_ms > now || slot->is_asked_again)
        return true;
    slot->is_asked_again = true;
    return false;
}

bool httpd_memo_answer(struct httpd_memo *memo, struct httpd_request *req)
{
    char key[MAX_KEY_BYTES];
    bool is_queued = false;

    if (!is_plain(req) || !make_key(key, req))
        return false;
    (void)pthread_mutex_lock(&memo->lock);
    struct slot *slot = slot_of(memo, key);
    if (is_current(slot, memo->generation, key))
        is_queued = send_again(req, slot);
    (void)pthread_mutex_unlock(&memo->lock);
    return is_queued;
}

/* The part of a file that is to be sent; NULL when it is too long, or cannot be read. */
static char *read_part(const struct httpd_response *res)
{
    size_t len = res->file_len < 0 || res->file_len > MAX_BYTES ? 0 : (size_t)res->file_len;
    int fd = len > 0 ? open(res->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    char *bytes = fd >= 0 ? xmalloc(len) : NULL;

    if (fd >= 0 && pread(fd, bytes, len, res->file_offset) != (ssize_t)len) {
        free(bytes);
        bytes = NULL;
    }
    if (fd >= 0)
        (void)close(fd);
    return bytes;
}

/* Takes the body; NULL, and res is as it was, for what is not kept. */
static struct kept *kept_new(const struct httpd_request *req, struct httpd_response *res)
{
    bool is_plain_body = !res->file && res->stream_fd < 0 && res->cut_after < 0;
    char *part = res->file ? read_part(res) : NULL;

    if ((res->file && !part) || (!res->file && !is_plain_body) || res->body.overflow ||
        res->body.len > MAX_BYTES)
        return NULL;
    struct kept *kept = xcalloc(1, sizeof(*kept));
    kept->owners = 1;
    kept->len = part ? (size_t)res->file_len : res->body.len;
    kept->body = part ? part : buf_take(&res->body);
    if (res->content_type)
        kept_add_header(kept, MHD_HTTP_HEADER_CONTENT_TYPE, res->content_type);
    for (size_t i = 0; i < req->n_reply_headers; i++)
        kept_add_header(kept, req->reply_headers[i].name, req->reply_headers[i].value);
    return kept;
}

int httpd_memo_keep(struct httpd_memo *memo, struct httpd_request *req, int status,
                    struct httpd_response *res)
{
    char key[MAX_KEY_BYTES];

    if (req->memo_ms == 0 || status != MHD_HTTP_OK || !is_plain(req) || !make_key(key, req))
        return 0;
    struct kept *kept = kept_new(req, res);
    if (!kept)
        return 0;
    (void)pthread_mutex_lock(&memo->lock);
    struct slot *slot = slot_of(memo, key);
    int64_t now = now_ms();
    if (req->memo_generation == memo->generation) {
        slot_clear(slot);
        (void)atomic_fetch_add(&kept->owners, 1);
        *slot = (struct slot){ .key = xstrdup(key),
                               .kept = kept,
                               .fresh_until_ms = now + req->memo_ms / 2,
                               .until_ms = now + req->memo_ms,
                               .generation = memo->generation };
    }
    (void)pthread_mutex_unlock(&memo->lock);
    struct MHD_Response *reply = reply_of(kept);
    req->sent_bytes = (int64_t)kept->len;
    kept_release(kept);
    return reply && httpd_reply_queue(req, status, reply) == 0 ? 1 : -1;
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
