/* SPDX-License-Identifier: Apache-2.0
 * hearth feedback list, show, search: reads what people told us.
 * Conduct is private: a list shows it only when --kind conduct asks for it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "store/feedback.h"
#include "store/person.h"

enum { MAX_TITLE_BYTES = 60 };

static const struct cmd_option list_options[] = {
    { "--kind", "KIND",
      "bug, request, question, docs, data, model_error, praise, conduct, other", true },
    { "--state", "STATE", "open, resolved or deleted; default open and resolved", true },
    { "--since", "DATE", "told at or after that day", false },
    { "--thread", "N", "of that issue or pull request", false },
    { "--limit", "N", "at most so many, newest first; default 50", false },
    { 0 },
};

static int copy_login(void *ctx, const struct person *p, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 100, "%s", p->login);
    return 0;
}

static const char *login_of(struct db *db, int64_t id, char login[100])
{
    login[0] = '\0';
    if (id != 0)
        (void)person_get(db, id, copy_login, login, NULL);
    return login[0] ? login : "(gone)";
}

struct printer {
    struct app *app;
    json_t *rows; /* NULL: print for people */
    int64_t n;
};

static json_t *feedback_to_json(struct app *app, const struct feedback *f)
{
    char login[100];

    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:o, s:o}", "id", f->id,
                     "kind", feedback_kind_name(f->kind), "state",
                     feedback_state_name(f->state), "topic", f->topic, "thread",
                     (json_int_t)f->number, "author", login_of(app->db, f->author_id, login),
                     "title", f->title, "body", f->body, "rule", f->rule, "created_at",
                     results_time(f->created_at), "resolved_at", results_time(f->resolved_at));
}

/* A stranger's title on a terminal: one line, no control characters. */
static void print_line(const char *text, size_t max)
{
    for (size_t i = 0; text[i] && i < max; i++)
        (void)putchar((unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i]);
}

static int print_row(void *ctx, const struct feedback *f, struct err *err)
{
    struct printer *p = ctx;
    char at[RFC3339_SIZE];

    (void)err;
    p->n++;
    if (p->rows) {
        (void)json_array_append_new(p->rows, feedback_to_json(p->app, f));
        return 0;
    }
    (void)printf("%.10s  %-11s %-8s  %-20s ", rfc3339_format(at, f->created_at),
                 feedback_kind_name(f->kind), feedback_state_name(f->state), f->id);
    print_line(f->title[0] ? f->title : f->body,
               text_cut(f->title[0] ? f->title : f->body, MAX_TITLE_BYTES));
    (void)putchar('\n');
    return 0;
}

static int read_kinds(unsigned *ret, const struct cmd_args *args, struct err *err)
{
    for (const char *const *word = cmd_values(args, "--kind"); *word; word++) {
        enum feedback_kind kind;
        if (feedback_kind_parse(&kind, *word, err) < 0)
            return err_wrap(err, -ERR_USAGE, "--kind");
        *ret |= 1u << kind;
    }
    return 0;
}

static int read_states(unsigned *ret, const struct cmd_args *args, struct err *err)
{
    for (const char *const *word = cmd_values(args, "--state"); *word; word++) {
        enum feedback_state state;
        if (feedback_state_parse(&state, *word, err) < 0)
            return err_wrap(err, -ERR_USAGE, "--state");
        *ret |= 1u << state;
    }
    return 0;
}

static int read_filter(struct feedback_filter *filter, const struct cmd_args *args,
                       struct err *err)
{
    const char *since = cmd_value(args, "--since", NULL);
    int rc = read_kinds(&filter->kinds, args, err);

    filter->limit = 50;
    if (rc == 0)
        rc = read_states(&filter->states, args, err);
    if (rc == 0 && since)
        rc = results_parse_date(&filter->since_at, since, "--since", err);
    if (rc == 0)
        rc = cmd_i64(&filter->number, args, "--thread", 1, INT64_MAX, err);
    return rc == 0 ? cmd_i64(&filter->limit, args, "--limit", 1, 1000000, err) : rc;
}

static int list(struct app *app, struct feedback_filter *filter, struct err *err)
{
    struct printer p = { .app = app, .rows = app->json ? json_array() : NULL };
    int rc = results_repo_id(&filter->repo_id, app, err);

    if (rc == 0)
        rc = feedback_each(app->db, filter, print_row, &p, err);
    if (rc == 0 && p.rows)
        results_print_json(json_pack("{s:O}", "feedback", p.rows));
    else if (rc == 0 && p.n == 0)
        (void)fputs("no feedback matches\n", stderr);
    json_decref(p.rows);
    return rc;
}

static int run_list(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct feedback_filter filter = { 0 };
    int rc = read_filter(&filter, args, err);

    return rc == 0 ? list(app, &filter, err) : rc;
}

static int run_search(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct feedback_filter filter = { 0 };
    struct buf words;
    int rc = read_filter(&filter, args, err);

    buf_init(&words, 4096);
    for (size_t i = 0; i < args->n_operands; i++)
        buf_printf(&words, "%s ", args->operands[i]);
    if (rc == 0)
        rc = buf_check(&words, "search words", err);
    if (rc == 0 && words.data[strspn(words.data, " ")] == '\0')
        rc = err_set(err, ERR_USAGE, "feedback search: no word to search for");
    filter.text = words.data;
    if (rc == 0)
        rc = list(app, &filter, err);
    buf_finish(&words);
    return rc;
}

static int add_link(void *ctx, const struct feedback_link *l, struct err *err)
{
    (void)err;
    (void)json_array_append_new(
        ctx,
        json_pack("{s:s, s:s}", "kind", feedback_link_kind_name(l->kind), "target", l->target));
    return 0;
}

static int take_one(void *ctx, const struct feedback *f, struct err *err)
{
    struct printer *p = ctx;

    (void)err;
    p->rows = feedback_to_json(p->app, f);
    return 0;
}

static void print_body(const char *text)
{
    for (; *text; text++)
        (void)putchar(*text != '\n' && (unsigned char)*text < ' ' ? ' ' : *text);
    (void)putchar('\n');
}

static void print_whole(const json_t *doc)
{
    static const char *const keys[] = { "id",     "kind",       "state",       "topic",
                                        "author", "created_at", "resolved_at", "rule" };
    const json_t *link;
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        const char *text = json_string_value(json_object_get(doc, keys[i]));
        if (text && *text)
            (void)printf("%-12s %s\n", keys[i], text);
    }
    if (json_integer_value(json_object_get(doc, "thread")) > 0)
        (void)printf("%-12s #%" JSON_INTEGER_FORMAT "\n", "thread",
                     json_integer_value(json_object_get(doc, "thread")));
    json_array_foreach(json_object_get(doc, "links"), i, link)(void)
        printf("%-12s %s %s\n", "link", json_string_value(json_object_get(link, "kind")),
               json_string_value(json_object_get(link, "target")));
    (void)putchar('\n');
    print_body(json_string_value(json_object_get(doc, "title")));
    print_body(json_string_value(json_object_get(doc, "body")));
}

static int run_show(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *id = args->operands[0];
    struct printer p = { .app = app };
    json_t *links = json_array();
    int64_t repo_id;
    int rc = results_repo_id(&repo_id, app, err);

    if (rc == 0)
        rc = feedback_get(app->db, repo_id, id, take_one, &p, err);
    if (rc == -ERR_NOTFOUND && !p.rows)
        rc = results_no_feedback(id, err);
    if (rc == 0)
        rc = feedback_each_link(app->db, repo_id, id, add_link, links, err);
    if (rc == 0) {
        (void)json_object_set(p.rows, "links", links);
        if (app->json)
            results_print_json(json_incref(p.rows));
        else
            print_whole(p.rows);
    }
    json_decref(links);
    json_decref(p.rows);
    return rc;
}

const struct cmd cmd_feedback_list = {
    .name = "feedback list",
    .args = "[--kind KIND..] [--state STATE..] [--since DATE] [--thread N] [--limit N]",
    .summary = "What people told us, newest first",
    .options = list_options,
    .needs = NEED_DB_READ,
    .run = run_list,
};
const struct cmd cmd_feedback_search = {
    .name = "feedback search",
    .args = "WORD.. [--kind KIND..] [--state STATE..] [--since DATE] [--thread N] [--limit N]",
    .summary = "Feedback whose title or text holds all the words",
    .options = list_options,
    .needs = NEED_DB_READ,
    .min_operands = 1,
    .max_operands = 32,
    .run = run_search,
};
const struct cmd cmd_feedback_show = {
    .name = "feedback show",
    .args = "ID",
    .summary = "One piece of feedback with its links",
    .needs = NEED_DB_READ,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
