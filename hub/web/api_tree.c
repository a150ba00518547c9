/* SPDX-License-Identifier: Apache-2.0
 * Files and folders of a revision as the protocol's entries. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/web/api.h"
#include "hub/web/file_body.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

enum { MAX_ENTRIES = 1000 };

struct listing {
    const struct shelf *shelf;
    json_t *entries;
    size_t from, to, n; /* entries seen; those from..to-1 are kept */
};

static json_t *file_entry(const struct hub_file *file)
{
    json_t *entry = json_pack("{s:s,s:s,s:I,s:s}", "type", "file", "path", file->path, "size",
                              (json_int_t)file->size, "oid", file->blob);

    if (file->lfs[0])
        (void)json_object_set_new(entry, "lfs", api_lfs(file));
    return entry;
}

/* NULL when there is no such folder. */
static json_t *folder_entry(const struct shelf *shelf, const char *path)
{
    char tree[GIT_HEX_SIZE];

    if (hub_repo_folder(tree, shelf->repo, shelf->commit, path, NULL) < 0)
        return NULL;
    return json_pack("{s:s,s:s,s:i,s:s}", "type", "directory", "path", path, "size", 0, "oid",
                     tree);
}

/* Adds "lastCommit" to the entries; those last changed too far back go without. */
static void add_last_commits(json_t *entries, const struct shelf *shelf)
{
    size_t n = json_array_size(entries);
    const char **paths = xcalloc(n + 1, sizeof(*paths));
    struct git_logged *last = NULL;

    for (size_t i = 0; i < n; i++)
        paths[i] = json_string_value(json_object_get(json_array_get(entries, i), "path"));
    if (hub_repo_last(&last, shelf->repo, shelf->commit, paths, n, NULL) == 0) {
        for (size_t i = 0; i < n; i++) {
            char date[RFC3339_SIZE];

            if (last[i].commit[0] == '\0')
                continue;
            (void)json_object_set_new(json_array_get(entries, i), "lastCommit",
                                      json_pack("{s:s,s:s%,s:s}", "id", last[i].commit, "title",
                                                last[i].message, strcspn(last[i].message, "\n"),
                                                "date", rfc3339_format(date, last[i].at)));
        }
        git_log_free(last, n);
    }
    free(paths);
}

static bool is_wanted(struct listing *list)
{
    size_t i = list->n++;

    return i >= list->from && i < list->to;
}

/* The folders above a file that the file before it was not in. */
static void add_folders(struct listing *list, const char *path, const char *before,
                        size_t start, bool is_recursive)
{
    const char *slash = path + start;

    while ((slash = strchr(slash, '/'))) {
        size_t len = (size_t)(slash - path);

        slash++;
        if ((!before || strncmp(before, path, len + 1) != 0) && is_wanted(list)) {
            char *folder = xstrndup(path, len);

            (void)json_array_append_new(list->entries, folder_entry(list->shelf, folder));
            free(folder);
        }
        if (!is_recursive)
            return;
    }
}

/* False when nothing lies under the folder. */
static bool list_folder(struct listing *list, bool is_recursive)
{
    const struct shelf *shelf = list->shelf;
    size_t len = strlen(shelf->path), start = len ? len + 1 : 0;
    const char *before = NULL;

    for (size_t i = 0; i < shelf->n_files; i++) {
        const char *path = shelf->files[i].path;

        if (len && (strncmp(path, shelf->path, len) != 0 || path[len] != '/'))
            continue;
        add_folders(list, path, before, start, is_recursive);
        if ((is_recursive || !strchr(path + start, '/')) && is_wanted(list))
            (void)json_array_append_new(list->entries, file_entry(&shelf->files[i]));
        before = path;
    }
    return before || len == 0;
}

/* The address of the next page, at this very commit: a branch may move in between. */
static void add_next(struct httpd_request *req, const struct site *site,
                     const struct listing *list, const struct form *query)
{
    char *base = site_base_url(site, req);
    struct buf path;

    buf_init(&path, 8192);
    text_add_url(&path, list->shelf->path, TEXT_SLASH_KEPT);
    httpd_reply_header(
        req, "Link",
        "<%s/api/%s/%s/tree/%s%s%s?recursive=%s&expand=%s&limit=%zu&cursor=%zu>; "
        "rel=\"next\"",
        base, visit_plural(list->shelf->hosted.kind), list->shelf->id, list->shelf->commit,
        path.len ? "/" : "", path.data, form_is_true(query, "recursive") ? "true" : "false",
        form_is_true(query, "expand") ? "true" : "false", list->to - list->from, list->to);
    buf_finish(&path);
    free(base);
}

static int reply_tree(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, const struct shelf *shelf,
                      const struct form *query)
{
    size_t limit = (size_t)form_number(query, "limit", MAX_ENTRIES, MAX_ENTRIES);
    struct listing list = { .shelf = shelf,
                            .from = (size_t)form_number(query, "cursor", 1 << 30, 0) };

    list.to = list.from + (limit ? limit : 1);
    list.entries = json_array();
    httpd_reply_header(req, "X-Repo-Commit", "%s", shelf->commit);
    if (!list_folder(&list, form_is_true(query, "recursive"))) {
        json_decref(list.entries);
        return site_error(site, req, res, 404, "EntryNotFound",
                          "no such folder at this revision");
    }
    if (list.n > list.to)
        add_next(req, site, &list, query);
    if (form_is_true(query, "expand"))
        add_last_commits(list.entries, shelf);
    return api_reply(req, res, list.entries);
}

int api_tree(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct form query;
    struct shelf shelf = { 0 };

    int status = api_query(&query, ctx, req, res);
    if (status == 0)
        status = site_open_shelf(&shelf, ctx, req, res);
    if (status == 0)
        status = reply_tree(req, res, ctx, &shelf, &query);
    shelf_close(&shelf);
    form_finish(&query);
    return status;
}

static void add_path(json_t *entries, const struct shelf *shelf, const char *path)
{
    const struct hub_file *file = shelf_find(shelf, path);
    json_t *entry = file ? file_entry(file) : *path ? folder_entry(shelf, path) : NULL;

    if (entry)
        (void)json_array_append_new(entries, entry);
}

int api_paths_info(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct buf *sent = httpd_body(req);
    struct paths_body body = { 0 };
    struct shelf shelf;
    struct err err = { 0 };

    int status = site_open_shelf(&shelf, ctx, req, res);
    if (status == 0 && paths_body_read(&body, httpd_header(req, "Content-Type"), sent->data,
                                       sent->len, &err) < 0)
        status = site_error(ctx, req, res, 400, NULL, err.msg);
    if (status == 0) {
        json_t *entries = json_array();

        for (size_t i = 0; i < body.n; i++)
            add_path(entries, &shelf, body.paths[i]);
        if (body.expands)
            add_last_commits(entries, &shelf);
        status = api_reply(req, res, entries);
    }
    paths_body_finish(&body);
    shelf_close(&shelf);
    return status;
}
