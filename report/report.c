/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "report/document.h"
#include "report/metrics.h"
#include "report/table.h"

enum { MAX_DOCUMENT_BYTES = 16 << 20 };

static const char *const formats[] = {
    [REPORT_HTML] = "html",
    [REPORT_MARKDOWN] = "md",
    [REPORT_JSON] = "json",
    [REPORT_CSV] = "csv",
};

int report_format_parse(enum report_format *ret, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
        if (strcmp(formats[i], name) == 0) {
            *ret = (enum report_format)i;
            return 0;
        }
    return err_set(err, ERR_USAGE, "'%s' is no format: html, md, json or csv", name);
}

static void add_all_csv(struct buf *out, struct metrics *m)
{
    for (size_t i = 0; i < TABLE_N; i++) {
        buf_printf(out, "%s%s\r\n", i > 0 ? "\r\n" : "", report_tables[i].name);
        document_add_csv(out, m, &report_tables[i]);
    }
}

static void add_document(struct buf *out, struct metrics *m, const struct report_options *o,
                         enum report_format format)
{
    switch (format) {
    case REPORT_HTML: document_add_page(out, m, o); return;
    case REPORT_MARKDOWN: document_add_markdown(out, m, o); return;
    case REPORT_JSON: document_add_json(out, m, o); return;
    case REPORT_CSV: add_all_csv(out, m); return;
    }
}

int report_write(struct buf *out, struct db *db, const struct report_options *options,
                 enum report_format format, struct err *err)
{
    struct metrics m = { 0 };
    int rc = metrics_collect(&m, db, options->repo_id, options->since_at, options->now, err);

    if (rc == 0) {
        add_document(out, &m, options, format);
        rc = buf_check(out, "report", err);
    }
    metrics_finish(&m);
    return rc;
}

/* A file that is right already is not touched: its readers' copies stay fresh. */
static int write_if_changed(const char *dir, const char *name, const struct buf *text,
                            struct err *err)
{
    char *path = fs_path(dir, name, NULL);
    struct buf old;
    int rc = buf_check(text, name, err);

    buf_init(&old, MAX_DOCUMENT_BYTES);
    if (rc == 0 && (fs_read(&old, path, NULL) < 0 || old.len != text->len ||
                    memcmp(old.data, text->data, text->len) != 0))
        rc = fs_write(path, text->data, text->len, 0644, err);
    buf_finish(&old);
    free(path);
    return rc;
}

static int write_tables(struct metrics *m, const char *dir, struct buf *text, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; i < TABLE_N && rc == 0; i++) {
        char *name = xasprintf("%s.csv", report_tables[i].name);
        buf_clear(text);
        document_add_csv(text, m, &report_tables[i]);
        rc = write_if_changed(dir, name, text, err);
        free(name);
    }
    return rc;
}

int report_write_all(struct db *db, const char *dir, const struct report_options *options,
                     struct err *err)
{
    static const struct {
        enum report_format format;
        const char *name;
    } files[] = {
        { REPORT_JSON, "report.json" },
        { REPORT_MARKDOWN, "report.md" },
        { REPORT_HTML, "index.html" },
    };
    struct metrics m = { 0 };
    struct buf text;

    buf_init(&text, MAX_DOCUMENT_BYTES);
    int rc = metrics_collect(&m, db, options->repo_id, options->since_at, options->now, err);
    if (rc == 0)
        rc = fs_mkdirs(dir, 0755, err);
    if (rc == 0)
        rc = write_tables(&m, dir, &text, err);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files) && rc == 0; i++) {
        buf_clear(&text);
        add_document(&text, &m, options, files[i].format);
        rc = write_if_changed(dir, files[i].name, &text, err);
    }
    metrics_finish(&m);
    buf_finish(&text);
    return rc;
}
