/* SPDX-License-Identifier: Apache-2.0
 *
 * One function per noun turns an API object into a row; a table says in which order the file's
 * keys are read. The reader keeps the path for messages. Rows that name a thread which is not
 * there are refused, since nothing could show them. */
#include "practice/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/rfc3339.h"
#include "practice/code.h"
#include "practice/load_rows.h"
#include "practice/moves.h"

enum { LOAD_MAX_BYTES = 256 << 20 };

/* Puts a row in its table; takes it. A second one of the same id is a fault of the file. */
static json_t *add_row(struct load *l, enum table table, json_t *row)
{
    if (l->r.first.code != 0) {
        json_decref(row);
        return NULL;
    }
    json_t *added = state_add(&l->f->state, table, row);
    if (!added)
        json_fail(&l->r, "id", ERR_EXISTS, "this id is there twice");
    return added;
}

static void load_repo(struct load *l, const json_t *repo)
{
    static const char *const counts[] = { "stargazers_count", "forks_count",
                                          "subscribers_count" };
    const char *name = json_str(&l->r, repo, "name", JSON_OPTIONAL);
    const char *branch = json_str(&l->r, repo, "default_branch", JSON_OPTIONAL);
    const json_t *owner = json_obj(&l->r, repo, "owner", JSON_OPTIONAL);
    json_t *row = state_repo(&l->f->state);

    row_set(row, "id", json_integer(json_i64_or(&l->r, repo, "id", 1, INT32_MAX, 1)));
    row_set_str(row, "name", *name ? name : "repo");
    row_set_str(row, "owner", owner ? load_login(l, repo, "owner") : "owner");
    if (!owner)
        (void)state_set_user(&l->f->state, "owner", NULL);
    row_set_str(row, "default_branch", *branch ? branch : "main");
    row_set_str(row, "description", json_str(&l->r, repo, "description", JSON_OPTIONAL));
    row_set(row, "archived", json_boolean(json_bool_or(&l->r, repo, "archived", false)));
    load_time(l, row, repo, "created_at", LOAD_NOW);
    load_time(l, row, repo, "pushed_at", LOAD_NOW);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        row_set(row, counts[i],
                json_integer(json_i64_or(&l->r, repo, counts[i], 0, INT32_MAX, 0)));
    load_check_name(l, "owner", row_str(row, "owner"));
    load_check_name(l, "name", row_str(row, "name"));
    row_set_str(row, "git_name", row_str(row, "name"));
}

static void load_label(struct load *l, const json_t *label)
{
    const char *name = json_str(&l->r, label, "name", JSON_REQUIRED);
    json_t *row = json_pack("{s:s, s:s, s:s}", "name", name, "color",
                            json_str(&l->r, label, "color", JSON_OPTIONAL), "description",
                            json_str(&l->r, label, "description", JSON_OPTIONAL));

    load_id(l, row, label);
    (void)add_row(l, LABELS, row);
}

static void load_issue(struct load *l, const json_t *issue)
{
    (void)add_row(l, THREADS, load_thread_row(l, issue));
}

/* Adds to the issue of the same number what only a pull request has. */
static void load_pull(struct load *l, const json_t *pull)
{
    int64_t number = json_i64(&l->r, pull, "number", 1, INT32_MAX);
    json_t *thread = state_row(&l->f->state, THREADS, number);

    if (!thread)
        thread = add_row(l, THREADS, load_thread_row(l, pull));
    if (thread)
        row_set(thread, "pull", load_pull_row(l, pull));
}

static void load_comment(struct load *l, const json_t *comment)
{
    json_t *row = load_entry_row(l, comment, "issue_url");
    json_t *thread = state_row(&l->f->state, THREADS, row_int(row, "thread"));

    row_set(row, "reactions", load_sums(l, comment));
    row_set(thread, "comments", json_integer(row_int(thread, "loaded_comments") + 1));
    row_set(thread, "loaded_comments", json_integer(row_int(thread, "comments")));
    (void)add_row(l, COMMENTS, row);
}

static void load_review_comment(struct load *l, const json_t *comment)
{
    json_t *row = load_entry_row(l, comment, "pull_request_url");
    int64_t review = json_i64_or(&l->r, comment, "pull_request_review_id", 1, INT64_MAX, 0);

    row_set(row, "reactions", load_sums(l, comment));
    row_set(row, "review", review > 0 ? json_integer(review) : json_null());
    row_set_str(row, "path", json_str(&l->r, comment, "path", JSON_REQUIRED));
    row_set_str(row, "commit_id", json_str(&l->r, comment, "commit_id", JSON_OPTIONAL));
    row_set(row, "line", json_integer(json_i64_or(&l->r, comment, "line", 1, INT32_MAX, 1)));
    (void)add_row(l, REVIEW_COMMENTS, row);
}

static void load_review(struct load *l, int64_t number, const json_t *review)
{
    json_t *row = json_pack("{s:I, s:s, s:s}", "thread", (json_int_t)number, "state",
                            json_str(&l->r, review, "state", JSON_REQUIRED), "body",
                            json_str(&l->r, review, "body", JSON_OPTIONAL));

    load_id(l, row, review);
    row_set_str(row, "user", load_login(l, review, "user"));
    row_set_str(row, "commit_id", json_str(&l->r, review, "commit_id", JSON_OPTIONAL));
    load_time(l, row, review, "submitted_at", LOAD_NOW);
    (void)add_row(l, REVIEWS, row);
}

static void load_event(struct load *l, const json_t *event)
{
    (void)add_row(l, EVENTS, load_event_row(l, event));
}

static void load_release(struct load *l, const json_t *release)
{
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "tag_name",
                  json_str(&l->r, release, "tag_name", JSON_REQUIRED), "target_commitish",
                  json_str(&l->r, release, "target_commitish", JSON_OPTIONAL), "name",
                  json_str(&l->r, release, "name", JSON_OPTIONAL), "body",
                  json_str(&l->r, release, "body", JSON_OPTIONAL), "draft",
                  json_bool_or(&l->r, release, "draft", false), "prerelease",
                  json_bool_or(&l->r, release, "prerelease", false));

    load_id(l, row, release);
    const char *author = load_login(l, release, "author");
    row_set_str(row, "author", author ? author : "ghost");
    load_time(l, row, release, "created_at", LOAD_NOW);
    load_time(l, row, release, "published_at", LOAD_NULL);
    (void)add_row(l, RELEASES, row);
}

static void load_roles(struct load *l, const json_t *roles)
{
    const char *login;
    json_t *role;

    json_object_foreach((json_t *)(uintptr_t)roles, login, role)
    {
        load_check_name(l, login, login);
        (void)state_set_user(&l->f->state, login, json_str(&l->r, roles, login, JSON_REQUIRED));
    }
}

/* {N: [..]}: each list by the number of its thread. */
static void load_by_thread(struct load *l, const json_t *lists,
                           void (*load)(struct load *l, int64_t number, const json_t *item))
{
    const char *key;
    json_t *list, *item;
    size_t i;

    json_object_foreach((json_t *)(uintptr_t)lists, key, list)
    {
        int64_t number = 0;

        size_t mark = json_enter(&l->r, key);
        if (parse_i64(&number, key, 1, INT32_MAX, key, NULL) < 0 || !json_is_array(list) ||
            !state_row(&l->f->state, THREADS, number))
            json_fail(&l->r, "", ERR_PARSE, "expected the number of a thread and its list");
        json_array_foreach(list, i, item)
        {
            size_t item_mark = json_enter_item(&l->r, i);

            if (l->r.first.code == 0)
                load(l, number, item);
            json_leave(&l->r, item_mark);
        }
        json_leave(&l->r, mark);
    }
}

/* Shown as it came, for what the other tables do not hold; see render_timeline(). */
static void load_moment(struct load *l, int64_t number, const json_t *entry)
{
    json_t *thread = state_row(&l->f->state, THREADS, number);
    json_t *timeline = json_object_get(thread, "timeline");

    if (!timeline) {
        row_set(thread, "timeline", json_array());
        timeline = json_object_get(thread, "timeline");
    }
    (void)json_array_append(timeline, (json_t *)(uintptr_t)entry);
}

static void load_list(struct load *l, const json_t *doc, const char *key,
                      void (*load)(struct load *l, const json_t *item))
{
    size_t mark = json_enter(&l->r, key), i;
    json_t *item;
    const json_t *list = json_object_get(doc, key);

    if (list && !json_is_null(list) && !json_is_array(list))
        json_fail(&l->r, "", ERR_PARSE, "expected an array");
    json_array_foreach(list, i, item)
    {
        size_t item_mark = json_enter_item(&l->r, i);

        if (!json_is_object(item))
            json_fail(&l->r, "", ERR_PARSE, "expected an object");
        if (l->r.first.code == 0)
            load(l, item);
        json_leave(&l->r, item_mark);
    }
    json_leave(&l->r, mark);
}

/* In the order in which they need one another. */
static const struct {
    const char *key;
    void (*load)(struct load *l, const json_t *item);
} lists[] = {
    { "labels", load_label },
    { "issues", load_issue },
    { "pulls", load_pull },
    { "issue_comments", load_comment },
    { "review_comments", load_review_comment },
    { "events", load_event },
    { "releases", load_release },
};

static void load_doc(struct load *l, const json_t *doc)
{
    size_t mark = json_enter(&l->r, "repo");
    load_repo(l, json_obj(&l->r, doc, "repo", JSON_OPTIONAL));
    json_leave(&l->r, mark);

    mark = json_enter(&l->r, "collaborators");
    load_roles(l, json_object_get(doc, "collaborators"));
    json_leave(&l->r, mark);

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        load_list(l, doc, lists[i].key, lists[i].load);

    mark = json_enter(&l->r, "reviews");
    load_by_thread(l, json_object_get(doc, "reviews"), load_review);
    json_leave(&l->r, mark);
    mark = json_enter(&l->r, "timelines");
    load_by_thread(l, json_object_get(doc, "timelines"), load_moment);
    json_leave(&l->r, mark);
}

/* What is loaded is old: ids from here on belong to what happens later. */
static void end_loading(struct load *l)
{
    json_t *thread;
    size_t i;

    json_array_foreach(state_table(&l->f->state, THREADS), i, thread)
    {
        (void)json_object_del(thread, "loaded_comments");
        if (json_object_get(thread, "timeline"))
            (void)json_object_set(thread, "timeline_until",
                                  json_object_get(l->f->state.doc, "next_id"));
    }
}

/* The repository of a loaded community holds one commit; its pull requests' are not known. */
static int make_git(struct forge *f, struct err *err)
{
    static const struct git_new_file readme = { "README.md", "# Loaded\n", 9 };
    char sha[GIT_HEX_SIZE];

    int rc = forge_open_git(f, err);
    if (rc == 0)
        rc = code_commit(
            sha, f,
            &(struct code_change){
                .who = "practice", .message = "Begin\n", .files = &readme, .n_files = 1 },
            err);
    return rc < 0 ? rc : code_advance(f, sha, NULL, err);
}

int load_text(struct forge *f, const char *text, size_t len, const char *what, struct err *err)
{
    struct load l = { .f = f };
    json_t *doc = NULL;

    int rc = json_parse(&doc, text, len, what, err);
    if (rc < 0)
        return rc;
    if (!json_is_object(doc)) {
        json_decref(doc);
        return err_set(err, ERR_PARSE, "%s: expected an object", what);
    }
    json_reader_init(&l.r, "");
    load_doc(&l, doc);
    json_decref(doc);
    rc = json_reader_check(&l.r, err);
    if (rc < 0)
        return err_wrap(err, rc, "%s", what);
    end_loading(&l);
    return 0;
}

int load_file(struct forge *f, const char *path, struct err *err)
{
    struct buf text;

    buf_init(&text, LOAD_MAX_BYTES);
    int rc = fs_read(&text, path, err);
    if (rc == 0)
        rc = load_text(f, text.data, text.len, path, err);
    buf_finish(&text);
    return rc < 0 ? rc : make_git(f, err);
}
