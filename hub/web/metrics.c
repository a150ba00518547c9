/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/httpd.h"
#include "base/parse.h"

enum { MAX_SERIES = 256, N_CLASSES = 6 };

/* Upper ends of the histogram's buckets, microseconds. */
static const struct {
    int64_t us;
    const char *label; /* seconds */
} bounds[] = {
    { 500, "0.0005" },  { 1000, "0.001" },    { 2500, "0.0025" }, { 5000, "0.005" },
    { 10000, "0.01" },  { 25000, "0.025" },   { 50000, "0.05" },  { 100000, "0.1" },
    { 250000, "0.25" }, { 1000000, "1" },     { 2500000, "2.5" }, { 10000000, "10" },
    { 60000000, "60" }, { 600000000, "600" },
};
enum { N_BOUNDS = sizeof(bounds) / sizeof(bounds[0]) };

/* One route and method. */
struct series {
    const char *pattern, *method; /* of static storage */
    uint64_t requests[N_CLASSES]; /* by hundreds of the status; [0] had no answer */
    uint64_t within[N_BOUNDS];    /* this bucket alone */
    uint64_t n, took_us, bytes;
};

struct metrics {
    pthread_mutex_t lock;
    struct series series[MAX_SERIES];
    size_t n_series;
    uint64_t n_broken; /* replies that were not sent to their end */
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = xcalloc(1, sizeof(*metrics));

    (void)pthread_mutex_init(&metrics->lock, NULL);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    (void)pthread_mutex_destroy(&metrics->lock);
    free(metrics);
}

/* A stranger's method must not make a series of its own. */
static const char *known_method(const char *method)
{
    static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS" };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i], method) == 0)
            return known[i];
    return "other";
}

/* The last one takes what no longer has a place. */
static struct series *find(struct metrics *metrics, const char *pattern, const char *method)
{
    struct series *series;

    for (size_t i = 0; i < metrics->n_series; i++) {
        series = &metrics->series[i];
        if (series->pattern == pattern && series->method == method)
            return series;
    }
    if (metrics->n_series == MAX_SERIES)
        return &metrics->series[MAX_SERIES - 1];
    series = &metrics->series[metrics->n_series++];
    series->pattern = pattern;
    series->method = method;
    return series;
}

void metrics_count(struct metrics *metrics, const struct httpd_done *done)
{
    static const char no_route[] = "none";
    const char *pattern = done->pattern ? done->pattern : no_route;
    size_t class = done->status >= 100 && done->status <= 599 ? (size_t)done->status / 100 : 0;
    size_t bucket = 0;

    while (bucket < N_BOUNDS && done->took_us > bounds[bucket].us)
        bucket++;
    (void)pthread_mutex_lock(&metrics->lock);
    struct series *series = find(metrics, pattern, known_method(done->method));
    series->requests[class]++;
    if (bucket < N_BOUNDS)
        series->within[bucket]++;
    series->n++;
    series->took_us += (uint64_t)done->took_us;
    series->bytes += (uint64_t)done->bytes;
    metrics->n_broken += !done->is_whole;
    (void)pthread_mutex_unlock(&metrics->lock);
}

static void add_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_labels(struct buf *out, const char *name, const struct series *series)
{
    buf_printf(out, "%s{route=\"%s\",method=\"%s\"", name, series->pattern, series->method);
}

static void add_requests(struct buf *out, const struct metrics *metrics)
{
    static const char name[] = "hearth_http_requests_total";
    static const char *const classes[N_CLASSES] = { "none", "1xx", "2xx", "3xx", "4xx", "5xx" };

    add_head(out, name, "counter", "Requests that are over, by route, method and status.");
    for (size_t i = 0; i < metrics->n_series; i++) {
        const struct series *series = &metrics->series[i];

        for (size_t class = 0; class < N_CLASSES; class ++) {
            if (series->requests[class] == 0)
                continue;
            add_labels(out, name, series);
            buf_printf(out, ",status=\"%s\"} %" PRIu64 "\n", classes[class],
                       series->requests[class]);
        }
    }
}

static void add_bytes(struct buf *out, const struct metrics *metrics)
{
    static const char name[] = "hearth_http_reply_bytes_total";

    add_head(out, name, "counter", "Bytes of the bodies of replies.");
    for (size_t i = 0; i < metrics->n_series; i++) {
        add_labels(out, name, &metrics->series[i]);
        buf_printf(out, "} %" PRIu64 "\n", metrics->series[i].bytes);
    }
}

static void add_histogram(struct buf *out, const struct series *series)
{
    static const char bucket[] = "hearth_http_request_seconds_bucket";
    uint64_t so_far = 0;

    for (size_t b = 0; b < N_BOUNDS; b++) {
        so_far += series->within[b];
        add_labels(out, bucket, series);
        buf_printf(out, ",le=\"%s\"} %" PRIu64 "\n", bounds[b].label, so_far);
    }
    add_labels(out, bucket, series);
    buf_printf(out, ",le=\"+Inf\"} %" PRIu64 "\n", series->n);
    add_labels(out, "hearth_http_request_seconds_sum", series);
    buf_printf(out, "} %.6f\n", (double)series->took_us * 1e-6);
    add_labels(out, "hearth_http_request_seconds_count", series);
    buf_printf(out, "} %" PRIu64 "\n", series->n);
}

/* Resident pages of this process; 0 when the kernel does not tell. */
static int64_t resident_bytes(void)
{
    struct buf text;
    int64_t pages = 0;

    buf_init(&text, 4096);
    if (fs_read(&text, "/proc/self/statm", NULL) == 0) {
        char *second = text.data + strcspn(text.data, " ");

        second += strspn(second, " ");
        second[strcspn(second, " ")] = '\0';
        if (parse_i64(&pages, second, 0, INT64_MAX >> 20, "pages", NULL) < 0)
            pages = 0;
    }
    buf_finish(&text);
    return pages * sysconf(_SC_PAGESIZE);
}

void metrics_add_text(struct buf *out, struct metrics *metrics, unsigned connections)
{
    (void)pthread_mutex_lock(&metrics->lock);
    add_requests(out, metrics);
    add_bytes(out, metrics);
    add_head(out, "hearth_http_request_seconds", "histogram",
             "From the first line of a request to the end of its reply.");
    for (size_t i = 0; i < metrics->n_series; i++)
        add_histogram(out, &metrics->series[i]);
    add_head(out, "hearth_http_broken_replies_total", "counter",
             "Replies that were not sent to their end.");
    buf_printf(out, "hearth_http_broken_replies_total %" PRIu64 "\n", metrics->n_broken);
    (void)pthread_mutex_unlock(&metrics->lock);

    add_head(out, "hearth_http_connections", "gauge", "Connections open now.");
    buf_printf(out, "hearth_http_connections %u\n", connections);
    add_head(out, "hearth_resident_bytes", "gauge", "Memory of the server process.");
    buf_printf(out, "hearth_resident_bytes %" PRId64 "\n", resident_bytes());
    add_head(out, "hearth_build_info", "gauge", "The version that runs, as a label.");
    buf_printf(out, "hearth_build_info{version=\"%s\"} 1\n", HEARTH_VERSION);
}
