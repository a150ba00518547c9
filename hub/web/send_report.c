/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/web/media.h"
#include "hub/web/range.h"
#include "report/html.h"

enum { MAX_REPORTS = 1000 };

/* Names that `hearth run` gives: nothing hidden, nothing that leaves the folder. */
static bool is_report_path(const char *path)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-/";

    if (path[0] == '.' || path[strspn(path, allowed)] != '\0')
        return false;
    return !strstr(path, "/.") && !strstr(path, "//") && media_of_report(path);
}

static bool has_it_already(struct httpd_request *req, const struct stat *st)
{
    char etag[64];

    (void)snprintf(etag, sizeof(etag), "\"%" PRIx64 "-%" PRIx64 ".%" PRIx64 "\"",
                   (uint64_t)st->st_size, (uint64_t)st->st_mtim.tv_sec,
                   (uint64_t)st->st_mtim.tv_nsec);
    httpd_reply_header(req, "ETag", "%s", etag);
    return etag_is_listed(httpd_header(req, "If-None-Match"), etag);
}

/* Takes path. */
static int send_report_file(struct httpd_request *req, struct httpd_response *res, char *path,
                            const struct stat *st)
{
    char date[HTTP_DATE_SIZE];

    reply_headers(req, REPLY_REPORT);
    httpd_reply_header(req, "Cache-Control", "no-cache");
    httpd_reply_header(req, "Last-Modified", "%s",
                       http_date_format(date, (int64_t)st->st_mtim.tv_sec));
    if (has_it_already(req, st)) {
        free(path);
        return 304;
    }
    res->content_type = media_of_report(path);
    res->file = path;
    return 200;
}

static void add_report_row(struct buf *out, const struct site *site, const char *name)
{
    char *path = fs_path(site->reports_dir, name, NULL);
    char at[RFC3339_SIZE];
    struct stat st;

    if (is_report_path(name) && stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        html_printf(out, "<tr><td><a href=\"/reports/%s\">%s</a></td><td>%s</td>", name, name,
                    rfc3339_format(at, (int64_t)st.st_mtim.tv_sec));
        html_printf(out, "<td class=\"number\">");
        page_add_size(out, (int64_t)st.st_size);
        html_printf(out, "</td></tr>\n");
    }
    free(path);
}

static int page_reports(const struct site *site, struct httpd_request *req,
                        struct httpd_response *res)
{
    char **names = NULL;
    size_t n = 0;

    page_begin(&res->body, site, "Reports");
    html_printf(&res->body, "<h1>Reports</h1>\n");
    if (fs_list(&names, &n, site->reports_dir, MAX_REPORTS, NULL) < 0 || n == 0) {
        html_printf(&res->body, "<p class=\"lead\">There is no report yet: "
                                "<code>hearth run</code> writes one each time.</p>\n");
    } else {
        html_printf(&res->body, "<div class=\"wide\"><table>\n<tr><th>Report</th>"
                                "<th>Written</th><th class=\"number\">Size</th></tr>\n");
        for (size_t i = 0; i < n; i++)
            add_report_row(&res->body, site, names[i]);
        html_printf(&res->body, "</table></div>\n");
    }
    fs_list_free(names, n);
    page_end(&res->body);
    return reply_body(req, res, "text/html; charset=utf-8", REPLY_PAGE);
}

/* /reports/ is index.html where there is one, else the list; anything below is a file. */
int send_report(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    const char *name = httpd_param(req, "path");
    struct stat st;

    if (!text_has_prefix(httpd_path(req), "/reports/")) {
        reply_headers(req, REPLY_PAGE);
        httpd_reply_header(req, "Location", "/reports/");
        return 308;
    }

    char *path = fs_path(site->reports_dir, *name ? name : "index.html", NULL);
    if ((*name == '\0' || is_report_path(name)) && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        return send_report_file(req, res, path, &st);
    free(path);
    if (*name == '\0')
        return page_reports(site, req, res);
    return site_error(site, req, res, 404, NULL, "no such report");
}
