/* SPDX-License-Identifier: Apache-2.0
 * The commands around a database, from the command line to the exit code. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "store/feedback.h"
#include "store/release.h"
#include "tests/support/database.h"

enum { MAX_WORDS = 16 };

struct place {
    char *dir, *instance, *config, *out_path, *db_path;
    struct buf out; /* stdout and stderr of the last command */
};

static int make_place(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    *state = p;
    if (!p || fs_temp_dir(&p->dir, NULL, NULL) < 0)
        return -1;
    p->instance = fs_path(p->dir, "instance", NULL);
    p->config = fs_path(p->instance, "hearth.yml", NULL);
    p->db_path = fs_path(p->instance, "hearth.db", NULL);
    p->out_path = fs_path(p->dir, "out", NULL);
    buf_init(&p->out, 1 << 20);
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;

    (void)fs_remove(p->dir, NULL);
    buf_finish(&p->out);
    free(p->dir);
    free(p->instance);
    free(p->config);
    free(p->db_path);
    free(p->out_path);
    free(p);
    return 0;
}

/* What the command prints is kept out of the test's own protocol. */
static int run_captured(struct place *p, int argc, char **argv)
{
    fflush(stdout);
    fflush(stderr);
    int fd = open(p->out_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    int code = hearth_main(argc, argv, clock_system());
    fflush(stdout);
    fflush(stderr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(fd);
    close(out);
    close(err);
    buf_clear(&p->out);
    (void)fs_read(&p->out, p->out_path, NULL);
    return code;
}

/* Words of the command line after the program's name, ended with NULL. */
static int hearth(struct place *p, ...)
{
    char *argv[MAX_WORDS + 4] = { strdup("hearth") };
    int argc = 1;
    va_list words;

    va_start(words, p);
    for (const char *word; (word = va_arg(words, const char *)) && argc < MAX_WORDS;)
        argv[argc++] = strdup(word);
    va_end(words);
    argv[argc++] = strdup("--config");
    argv[argc++] = strdup(p->config);
    int code = run_captured(p, argc, argv);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return code;
}

static bool says(const struct place *p, const char *text)
{
    if (!strstr(p->out.data, text))
        print_error("no '%s' in:\n%s\n", text, p->out.data);
    return strstr(p->out.data, text) != NULL;
}

static void init(struct place *p)
{
    assert_int_equal(hearth(p, "init", p->instance, NULL), EXIT_DONE);
}

/* A database with one released contribution and one private word. */
static void populate(struct place *p)
{
    const struct release r = {
        .repo_id = TEST_REPO, .version = "1.0.0", .run_id = "run-1", .is_published = true
    };
    const struct feedback f = { .repo_id = TEST_REPO,
                                .id = "thread-5",
                                .kind = FEEDBACK_CONDUCT,
                                .title = "private words",
                                .created_at = TEST_T0 };
    struct db *db = test_db_at(p->db_path);

    test_put_contribution(db, 1, TEST_T0 + 900, 1);
    assert_int_equal(release_put(db, &r, NULL, NULL), 0);
    assert_int_equal(feedback_put(db, &f, NULL, NULL), 0);
    db_close(db);
}

static void init_makes_what_check_accepts_and_never_overwrites(void **state)
{
    struct place *p = *state;

    init(p);
    assert_int_equal(hearth(p, "check", NULL), EXIT_DONE);
    assert_true(says(p, "ok     database"));
    assert_true(says(p, "ok     licences"));
    assert_int_equal(hearth(p, "init", p->instance, NULL), EXIT_FAILED);
    assert_true(says(p, "is there already and stays as it is"));
    assert_int_equal(hearth(p, "db", "status", NULL), EXIT_DONE);
    assert_true(says(p, "hub.db"));
}

static void init_refuses_arguments_that_make_a_faulty_file(void **state)
{
    struct place *p = *state;

    assert_int_equal(hearth(p, "init", p->instance, "--repo", "no-slash", NULL), EXIT_WRONG);
    assert_true(says(p, "forge.repo: must be OWNER/NAME"));
    assert_int_equal(hearth(p, "init", p->instance, "--dialect", "svn", NULL), EXIT_WRONG);
    assert_true(says(p, "github|gitea"));
    assert_false(fs_exists(p->config));
    assert_false(fs_exists(p->db_path));
}

static void faults_of_the_file_are_all_told_and_exit_2(void **state)
{
    static const char text[] = "forge:\n  ulr: x\nretrain:\n  seed: no\n";
    struct place *p = *state;

    init(p);
    assert_int_equal(fs_write(p->config, text, sizeof(text) - 1, 0644, NULL), 0);
    assert_int_equal(hearth(p, "db", "status", NULL), EXIT_WRONG);
    assert_true(says(p, "hearth.yml:2: forge.ulr: unknown key; did you mean 'forge.url'?"));
    assert_true(says(p, "hearth.yml:4: retrain.seed: "));
    assert_int_equal(hearth(p, "check", NULL), EXIT_WRONG);
}

static void check_tells_licences_that_no_data_could_have(void **state)
{
    static const struct {
        const char *text, *answer;
    } rows[] = {
        { "retrain:\n  licences: [CC-BY-4]\n",
          "FAULT  licences  retrain.licences: 'CC-BY-4' is no licence id that we know; did you "
          "mean CC-BY-4.0?" },
        { "retrain:\n  licences: [CC0-1.0, CC-BY-NC-4.0]\n",
          "FAULT  licences  retrain.licences: CC-BY-NC-4.0 " },
        { "release:\n  model_licence: Apache-3.0\n",
          "FAULT  licences  release.model_licence: 'Apache-3.0' is no licence" },
    };
    struct place *p = *state;

    init(p);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fs_write(p->config, rows[i].text, strlen(rows[i].text), 0644, NULL),
                         0);
        assert_int_equal(hearth(p, "check", NULL), EXIT_WRONG);
        assert_true(says(p, rows[i].answer));
    }
}

static void without_a_configuration_it_says_how_to_make_one(void **state)
{
    struct place *p = *state;

    assert_int_equal(hearth(p, "report", NULL), EXIT_WRONG);
    assert_true(says(p, "hearth init"));
}

static void a_newer_schema_is_refused_with_exit_2(void **state)
{
    struct place *p = *state;
    sqlite3 *sqlite = NULL;

    init(p);
    assert_int_equal(sqlite3_open(p->db_path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, "PRAGMA user_version = 99", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
    assert_int_equal(hearth(p, "report", NULL), EXIT_WRONG);
    assert_true(says(p, "schema 99 comes from a newer version"));
    assert_int_equal(hearth(p, "db", "migrate", NULL), EXIT_WRONG);
    assert_int_equal(hearth(p, "check", NULL), EXIT_WRONG);
    assert_true(says(p, "FAULT  database"));
}

static void a_second_writer_is_told_that_it_is_second(void **state)
{
    struct place *p = *state;
    char *lock = fs_path(p->instance, "hearth.lock", NULL);
    int fd = -1;

    init(p);
    assert_int_equal(fs_lock(&fd, lock, NULL), 0);
    assert_int_equal(hearth(p, "db", "migrate", NULL), EXIT_BUSY);
    assert_int_equal(hearth(p, "db", "status", NULL), EXIT_DONE);
    close(fd);
    assert_int_equal(hearth(p, "db", "migrate", NULL), EXIT_DONE);
    free(lock);
}

static void a_lost_database_is_made_again(void **state)
{
    struct place *p = *state;

    init(p);
    assert_int_equal(fs_remove(p->db_path, NULL), 0);
    assert_int_equal(hearth(p, "report", NULL), EXIT_WRONG);
    assert_int_equal(hearth(p, "db", "migrate", NULL), EXIT_DONE);
    assert_int_equal(hearth(p, "report", NULL), EXIT_DONE);
    assert_true(says(p, "nothing was read from a forge yet"));
}

static void lineage_answers_and_refuses_what_it_does_not_know(void **state)
{
    struct place *p = *state;

    init(p);
    assert_int_equal(hearth(p, "lineage", "1.0.0", NULL), EXIT_WRONG);
    assert_true(says(p, "hearth sync"));
    populate(p);
    assert_int_equal(hearth(p, "lineage", "v1.0.0", "--json", NULL), EXIT_DONE);
    assert_true(says(p, "\"release\": \"1.0.0\""));
    assert_true(says(p, "\"author\": \"contributor-1\""));
    assert_true(says(p, "\"licence\": \"CC-BY-4.0\""));
    assert_true(says(p, "\"actor\": \"maintainer-1\""));
    assert_true(says(p, "\"verdict\": \"accepted\""));
    assert_int_equal(hearth(p, "lineage", "9.9.9", NULL), EXIT_WRONG);
}

static void feedback_is_added_listed_and_resolved_and_conduct_is_private(void **state)
{
    struct place *p = *state;

    init(p);
    populate(p);
    assert_int_equal(
        hearth(p, "feedback", "add", "Seven is one", "--kind", "model_error", NULL), EXIT_DONE);
    assert_true(says(p, "manual-1"));
    assert_int_equal(hearth(p, "feedback", "list", NULL), EXIT_DONE);
    assert_true(says(p, "Seven is one"));
    assert_null(strstr(p->out.data, "private words"));
    assert_int_equal(hearth(p, "feedback", "list", "--kind", "conduct", NULL), EXIT_DONE);
    assert_true(says(p, "private words"));
    assert_int_equal(hearth(p, "feedback", "resolve", "manual-1", "--release", "1.0.0", NULL),
                     EXIT_DONE);
    assert_int_equal(hearth(p, "feedback", "show", "manual-1", "--json", NULL), EXIT_DONE);
    assert_true(says(p, "\"state\": \"resolved\""));
    assert_true(says(p, "\"target\": \"1.0.0\""));
    assert_int_equal(hearth(p, "feedback", "search", "seven", NULL), EXIT_DONE);
    assert_true(says(p, "manual-1"));
    assert_int_equal(hearth(p, "feedback", "show", "manual-2", NULL), EXIT_WRONG);
    assert_int_equal(hearth(p, "feedback", "list", "--kind", "rant", NULL), EXIT_WRONG);
}

static void a_report_goes_where_it_is_told(void **state)
{
    struct place *p = *state;
    char *page = fs_path(p->dir, "page.html", NULL);

    init(p);
    populate(p);
    assert_int_equal(hearth(p, "report", "--format", "html", "--out", page, NULL), EXIT_DONE);
    assert_true(fs_size(page) > 1000);
    assert_int_equal(hearth(p, "report", "--since", "2999-01-01", "--json", NULL), EXIT_DONE);
    assert_true(says(p, "\"since\": \"2999-01-01T00:00:00Z\""));
    assert_int_equal(hearth(p, "report", "--since", "yesterday", NULL), EXIT_WRONG);
    assert_int_equal(hearth(p, "report", "--format", "pdf", NULL), EXIT_WRONG);
    assert_int_equal(hearth(p, "db", "dump", "--canonical", NULL), EXIT_DONE);
    assert_true(says(p, "contributor-1"));
    free(page);
}

static void what_names_nothing_says_where_to_look(void **state)
{
    static const struct {
        const char *words[3], *answer;
    } rows[] = {
        { { "feedback", "show", "999" }, "no feedback '999'; `hearth feedback list` names" },
        { { "feedback", "resolve", "999" }, "no feedback '999'; `hearth feedback list` names" },
        { { "feedback", "search", "" }, "no word to search for" },
        { { "feedback", "search", " " }, "no word to search for" },
        { { "token", "revoke", "999" }, "no token 999 that could be revoked" },
        { { "token", "revoke", "abc" }, "see `hearth token list`" },
        { { "help", "train", "extra" }, "'extra' is too much" },
        { { "help", "db", "dumb" }, "db: no subcommand dumb; there is: migrate" },
        { { "hub", "org", "frob" }, "hub org: no subcommand frob; there is: list, add" },
        { { "hub", "org", NULL }, "hub org: a subcommand is missing; there is: list" },
        { { "feedback", "add", " " }, "TITLE is empty" },
        { { "token", "create", "--user=a b" }, "--user: " },
    };
    struct place *p = *state;

    init(p);
    populate(p);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const *words = rows[i].words;

        assert_int_equal(hearth(p, words[0], words[1], words[2], NULL), EXIT_WRONG);
        assert_true(says(p, rows[i].answer));
    }
}

static void help_lists_what_is_below_a_word(void **state)
{
    static const char *const words[] = { "feedback", "hub", "token", "db", "license" };
    struct place *p = *state;

    assert_int_equal(hearth(p, "help", "hub", "org", NULL), EXIT_DONE);
    assert_true(says(p, "hub org quota") && !says(p, "hub create"));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_int_equal(hearth(p, words[i], "--help", NULL), EXIT_DONE);
        assert_true(says(p, words[i]));
        assert_int_equal(hearth(p, "help", words[i], NULL), EXIT_DONE);
        assert_int_equal(hearth(p, words[i], NULL), EXIT_WRONG);
    }
    assert_int_equal(hearth(p, "hub", "org", "--help", NULL), EXIT_DONE);
    assert_true(says(p, "hub org quota"));
    assert_int_equal(hearth(p, "nonsense", "--help", NULL), EXIT_WRONG);
}

static void a_folder_that_is_no_contribution_is_told_at_once(void **state)
{
    struct place *p = *state;
    char *deep = fs_path(p->dir, "a/b/c/d/e/f/g/h/i/j/k", NULL);

    assert_int_equal(fs_mkdirs(deep, 0755, NULL), 0);
    init(p);
    assert_int_equal(hearth(p, "contribute", "check", p->dir, NULL), EXIT_FAILED);
    assert_true(says(p, p->dir));
    assert_true(says(p, "contribution.yml"));
    assert_int_equal(hearth(p, "contribute", "check", p->config, NULL), EXIT_FAILED);
    assert_true(says(p, "contribution.yml"));
    free(deep);
}

static void a_dump_is_json_when_json_is_asked_for(void **state)
{
    struct place *p = *state;
    json_error_t fault;

    init(p);
    populate(p);
    assert_int_equal(hearth(p, "db", "dump", "--json", NULL), EXIT_DONE);
    json_t *doc = json_loads(p->out.data, 0, &fault);
    const json_t *first = json_array_get(json_object_get(doc, "feedback"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "title")), "private words");
    assert_int_equal(json_integer_value(json_object_get(first, "created_at")), TEST_T0);
    assert_true(json_is_array(json_object_get(doc, "cycle")));
    json_decref(doc);
    assert_int_equal(hearth(p, "db", "dump", "--canonical", "--json", NULL), EXIT_DONE);
    doc = json_loads(p->out.data, 0, &fault);
    assert_true(json_is_array(json_object_get(doc, "feedback")));
    assert_null(json_object_get(doc, "cycle"));
    json_decref(doc);
}

int main(void)
{
#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        PLACED(init_makes_what_check_accepts_and_never_overwrites),
        PLACED(init_refuses_arguments_that_make_a_faulty_file),
        PLACED(faults_of_the_file_are_all_told_and_exit_2),
        PLACED(check_tells_licences_that_no_data_could_have),
        PLACED(without_a_configuration_it_says_how_to_make_one),
        PLACED(a_newer_schema_is_refused_with_exit_2),
        PLACED(help_lists_what_is_below_a_word),
        PLACED(a_second_writer_is_told_that_it_is_second),
        PLACED(a_lost_database_is_made_again),
        PLACED(lineage_answers_and_refuses_what_it_does_not_know),
        PLACED(feedback_is_added_listed_and_resolved_and_conduct_is_private),
        PLACED(a_report_goes_where_it_is_told),
        PLACED(what_names_nothing_says_where_to_look),
        PLACED(a_folder_that_is_no_contribution_is_told_at_once),
        PLACED(a_dump_is_json_when_json_is_asked_for),
    };
#undef PLACED
    return cmocka_run_group_tests(tests, NULL, NULL);
}
