/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <inttypes.h>

#include "report/html.h"

void page_begin(struct buf *out, const struct site *site, const char *title)
{
    html_printf(out,
                "<!doctype html>\n"
                "<html lang=\"en\">\n"
                "<head>\n"
                "<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n"
                "<title>%s - %s</title>\n"
                "<link rel=\"icon\" href=\"/-/icon.svg\" type=\"image/svg+xml\">\n"
                "<link rel=\"stylesheet\" href=\"/-/style.css\">\n"
                "</head>\n"
                "<body>\n"
                "<a class=\"skip\" href=\"#content\">Skip to the content</a>\n"
                "<header class=\"top\"><nav aria-label=\"Site\">\n"
                "<a class=\"brand\" href=\"/\"><img src=\"/-/icon.svg\" alt=\"\" width=\"24\" "
                "height=\"24\">%s</a>\n"
                "<a href=\"/\">Models</a>\n"
                "<a href=\"/reports/\">Report</a>\n"
                "</nav></header>\n"
                "<main id=\"content\">\n",
                title, site->title, site->title);
}

void page_end(struct buf *out)
{
    html_printf(out, "</main>\n"
                     "<footer>Served by Hearth " HEARTH_VERSION
                     ". Every file has a checksum.</footer>\n"
                     "</body>\n"
                     "</html>\n");
}

void page_add_size(struct buf *out, int64_t bytes)
{
    static const char *const units[] = { "kB", "MB", "GB", "TB" };
    double size = (double)bytes / 1000;
    size_t unit = 0;

    if (bytes < 1000) {
        buf_printf(out, "%" PRId64 " byte%s", bytes, bytes == 1 ? "" : "s");
        return;
    }
    while (size >= 999.95 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        size /= 1000;
        unit++;
    }
    buf_printf(out, "%.1f %s", size, units[unit]);
}
