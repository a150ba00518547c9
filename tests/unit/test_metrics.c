/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/httpd.h"

static void count(struct metrics *metrics, const char *method, const char *pattern, int status,
                  int64_t took_us)
{
    const struct httpd_done done = { .method = method,
                                     .pattern = pattern,
                                     .status = status,
                                     .bytes = 10,
                                     .took_us = took_us,
                                     .is_whole = status != 0 };

    metrics_count(metrics, &done);
}

static void assert_has(const struct buf *text, const char *line)
{
    if (!strstr(text->data, line))
        fail_msg("no '%s' in:\n%s", line, text->data);
}

static void requests_are_counted_by_route_method_and_status(void **state)
{
    static const char route[] = "/{ns}/{name}";
    struct metrics *metrics = metrics_new();
    struct buf text;

    (void)state;
    count(metrics, "GET", route, 200, 400);
    count(metrics, "GET", route, 206, 2000000);
    count(metrics, "GET", route, 404, 700000000);
    count(metrics, "BREW", NULL, 405, 1);
    count(metrics, "GET", route, 0, 1);
    buf_init(&text, 1 << 20);
    metrics_add_text(&text, metrics, 3);
    assert_has(&text, "hearth_http_requests_total{route=\"/{ns}/{name}\",method=\"GET\","
                      "status=\"2xx\"} 2\n");
    assert_has(&text, "route=\"none\",method=\"other\",status=\"4xx\"} 1\n");
    assert_has(&text, "hearth_http_reply_bytes_total{route=\"/{ns}/{name}\",method=\"GET\"} "
                      "40\n");
    assert_has(&text, "method=\"GET\",le=\"0.0005\"} 2\n");
    assert_has(&text, "method=\"GET\",le=\"1\"} 2\n");
    assert_has(&text, "method=\"GET\",le=\"2.5\"} 3\n");
    assert_has(&text, "method=\"GET\",le=\"600\"} 3\n");
    assert_has(&text, "method=\"GET\",le=\"+Inf\"} 4\n");
    assert_has(&text, "hearth_http_request_seconds_sum{route=\"/{ns}/{name}\",method=\"GET\"} "
                      "702.000401\n");
    assert_has(&text, "\nhearth_http_broken_replies_total 1\n");
    assert_has(&text, "\nhearth_http_connections 3\n");
    assert_has(&text, "\nhearth_resident_bytes ");
    buf_finish(&text);
    metrics_free(metrics);
}

/* A table of bounded size takes any number of routes. */
static void more_routes_than_places_are_still_counted(void **state)
{
    static char patterns[600][2];
    struct metrics *metrics = metrics_new();
    struct buf text;

    (void)state;
    for (size_t i = 0; i < 600; i++) {
        patterns[i][0] = '/';
        count(metrics, "GET", patterns[i], 200, 1);
    }
    buf_init(&text, 4 << 20);
    metrics_add_text(&text, metrics, 0);
    assert_has(&text, "status=\"2xx\"} 345\n");
    buf_finish(&text);
    metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_counted_by_route_method_and_status),
        cmocka_unit_test(more_routes_than_places_are_still_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
