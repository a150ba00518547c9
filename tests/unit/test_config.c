/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "config/config.h"
#include "config/options.h"

struct place {
    char *dir, *path;
    struct buf faults;
    struct config *config;
    struct err err;
};

static int make_place(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    *state = p;
    if (!p || fs_temp_dir(&p->dir, NULL, NULL) < 0)
        return -1;
    p->path = fs_path(p->dir, "hearth.yml", NULL);
    buf_init(&p->faults, 1 << 16);
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;

    (void)fs_remove(p->dir, NULL);
    config_free(p->config);
    buf_finish(&p->faults);
    free(p->dir);
    free(p->path);
    free(p);
    return 0;
}

static int load(struct place *p, const char *text)
{
    assert_int_equal(fs_write(p->path, text, strlen(text), 0600, NULL), 0);
    buf_clear(&p->faults);
    config_free(p->config);
    p->config = NULL;
    return config_load(&p->config, p->path, &p->faults, &p->err);
}

static void every_default_fits_its_own_bounds(void **state)
{
    (void)state;
    for (const struct option *o = options; o->key; o++) {
        struct config config = { 0 };
        struct err err = { 0 };
        int rc = o->type == OPTION_LIST ? 0 : option_set(&config, o, o->fallback, &err);

        if (rc < 0)
            print_error("%s: %s\n", o->key, err.msg);
        assert_int_equal(rc, 0);
        assert_true(o->min <= o->max && o->help[0] != '\0');
        assert_non_null(strchr(o->key, '.'));
        options_finish(&config);
    }
}

static void an_empty_file_gives_the_defaults(void **state)
{
    struct place *p = *state;

    assert_int_equal(load(p, ""), 0);
    const struct config *c = p->config;
    assert_string_equal(c->forge.url, "");
    assert_string_equal(c->retrain.trigger_label, "retrain");
    assert_int_equal(c->retrain.licences.n, 2);
    assert_string_equal(c->retrain.licences.items[1], "CC-BY-4.0");
    assert_int_equal(c->retrain.max_file_size, 4 << 20);
    assert_int_equal(c->budgets.cycle_deadline_s, 50 * 60);
    assert_true(c->gate.max_nll_ratio > 1.019 && c->gate.max_nll_ratio < 1.021);
    assert_true(c->release.enabled);
    assert_string_equal(c->dir, p->dir);
}

static void values_replace_defaults_lists_as_a_whole(void **state)
{
    struct place *p = *state;

    assert_int_equal(load(p, "forge:\n"
                             "  url: http://127.0.0.1:8000/api/v3\n"
                             "  repo: digits/model\n"
                             "  timeout: 2m\n"
                             "retrain:\n"
                             "  licences: [CDLA-Permissive-2.0]\n"
                             "  judge_memory: 512M\n"
                             "release:\n"
                             "  enabled: false\n"
                             "gate:\n"
                             "report:\n"
                             "  bots: []\n"),
                     0);
    assert_string_equal(p->config->forge.repo, "digits/model");
    assert_int_equal(p->config->forge.timeout_s, 120);
    assert_int_equal(p->config->retrain.licences.n, 1);
    assert_string_equal(p->config->retrain.licences.items[0], "CDLA-Permissive-2.0");
    assert_int_equal(p->config->retrain.judge_memory, 512 << 20);
    assert_false(p->config->release.enabled);
    assert_int_equal(p->config->report.bots.n, 0);
}

static void repositories_are_served_once_each(void **state)
{
    struct place *p = *state;

    assert_int_equal(load(p, "forge: {url: 'https://f.test/api/v1', repo: a/b,\n"
                             "        repositories: [a/c, d/b]}\n"),
                     0);
    assert_int_equal(config_n_repositories(p->config), 3);
    assert_string_equal(config_repository(p->config, 0), "a/b");
    assert_string_equal(config_repository(p->config, 2), "d/b");
    config_free(p->config);
    p->config = NULL;
    assert_int_equal(load(p, "forge: {url: 'https://f.test/api/v1', repo: a/b,\n"
                             "        repositories: [a/c, A/B]}\n"),
                     -ERR_CONFIG);
    assert_non_null(strstr(p->faults.data, "names 'A/B' twice"));
}

static void all_faults_are_told_at_once_with_file_and_line(void **state)
{
    struct place *p = *state;
    char want[4200];

    assert_int_equal(load(p, "forge:\n"
                             "  ulr: http://x\n"
                             "  dialect: gitlab\n"
                             "retrain:\n"
                             "  seed: -1\n"
                             "  min_role: [triage]\n"
                             "  licences: CC0-1.0\n"
                             "colour: red\n"
                             "forge: {repo: x}\n"
                             "gate: {max_nll_ratio: 1.1, max_nll_ratio: 1.2}\n"),
                     -ERR_CONFIG);
    assert_null(p->config);
    static const char *const lines[] = {
        "%s:2: forge.ulr: unknown key; did you mean 'forge.url'?\n",
        "%s:3: forge.dialect: 'gitlab' is not one of auto|github|gitea\n",
        "%s:5: retrain.seed: ",
        "%s:6: retrain.min_role: must be one value, not a list\n",
        "%s:7: retrain.licences: must be a list: [one, two]\n",
        "%s:8: colour: unknown key\n",
        "%s:9: forge: stands here twice\n",
        "%s:9: forge.repo: must be OWNER/NAME",
        "%s:10: gate.max_nll_ratio: stands here twice\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct buf line;
        buf_init(&line, sizeof(want));
        buf_add_str(&line, p->path);
        buf_add_str(&line, lines[i] + 2);
        if (!strstr(p->faults.data, line.data))
            print_error("missing: %s in:\n%s", line.data, p->faults.data);
        assert_non_null(strstr(p->faults.data, line.data));
        buf_finish(&line);
    }
    assert_non_null(strstr(p->err.msg, "9 faults"));
}

#define LINE_50  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LINE_201 LINE_50 LINE_50 LINE_50 LINE_50 "x"

static void bad_values_say_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "forge: {url: 'ftp://x', repo: a/b}", "forge.url: must begin with https://" },
        { "forge: {url: 'http://f.test/api/v3', repo: a/b}", "show the token to everyone" },
        { "forge: {url: 'https://github.com', repo: a/b}", "https://api.github.com" },
        { "forge: {url: 'https://x/', repo: a/b}", "forge.url: must not end with a slash" },
        { "forge: {url: 'https:///x', repo: a/b}", "forge.url: has no host" },
        { "forge: {url: 'https://me@x', repo: a/b}", "forge.url: must not hold" },
        { "forge: {url: 'https://x', repo: a}", "forge.repo: must be OWNER/NAME" },
        { "forge: {url: 'https://x', repo: a/..}", "forge.repo: must be OWNER/NAME" },
        { "forge: {url: 'https://x'}", "forge.repo: is missing" },
        { "forge: {repo: a/b}", "forge.url: is missing" },
        { "forge: {timeout: 1y}", "forge.timeout: " },
        { "retrain: {max_file_size: 9G}", "retrain.max_file_size: " },
        { "retrain: {licences: []}", "retrain.licences: must not be empty" },
        { "retrain: {licences: ['a b']}", "retrain.licences[0]: 'a b' is no SPDX" },
        { "retrain: {trusted_bots: [" LINE_201 "]}", " longer than 200 bytes\n" },
        { "retrain: {trigger_label: 'a,b'}", "retrain.trigger_label: must not hold a comma" },
        { "retrain: {trigger_label: ''}", "retrain.trigger_label: must not be empty" },
        { "release: {enabled: yes}", "release.enabled: 'yes' is neither true nor false" },
        { "gate: {max_nll_ratio: 0.5}", "gate.max_nll_ratio: " },
        { "serve: {listen: localhost}", "serve.listen: must be ADDRESS:PORT" },
        { "serve: {proxy: localhost}", "serve.proxy: must be an address" },
        { "serve: {proxy: '127.0.0.1:80'}", "serve.proxy: must be an address" },
        { "serve: {accel: files}", "serve.accel: must begin and end with a slash" },
        { "budgets: {content_per_hour: 5}", "is more than budgets.content_per_hour" },
        { "budgets: {ceilings: [welcome]}", "must be RULE=NUMBER" },
        { "budgets: {ceilings: ['welcome=-1']}", "must be RULE=NUMBER" },
        { "budgets: {points_per_minute: 900}", "budgets.points_per_minute: " },
        { "retrain: {label: x}", "unknown key; did you mean 'retrain.trigger_label'?" },
        { "retrain: {sed: 1}", "unknown key; did you mean 'retrain.seed'?" },
        { "retrain: {colour: 1}", "retrain.colour: unknown key\n" },
        { "retrian: {seed: 1}", "unknown key; did you mean 'retrain.seed'?" },
        { "retrain: 5", "retrain: is a group of keys, not a value" },
        { "retrain: [5]", "retrain[0]: unknown key" },
        { "timeout: 3s", "did you mean 'forge.timeout'?" },
        { "forge: [", ":" },
    };
    struct place *p = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int rc = load(p, cases[i].text);
        if (rc != -ERR_CONFIG || !strstr(p->faults.data, cases[i].want))
            print_error("%s gave %d: %s\n", cases[i].text, rc, p->faults.data);
        assert_int_equal(rc, -ERR_CONFIG);
        assert_non_null(strstr(p->faults.data, cases[i].want));
    }
}

static void missing_file_says_how_to_make_one(void **state)
{
    struct place *p = *state;

    assert_int_equal(config_load(&p->config, p->path, &p->faults, &p->err), -ERR_CONFIG);
    assert_non_null(strstr(p->err.msg, "hearth init"));
}

static void the_template_loads_and_shows_every_option(void **state)
{
    static const struct config_setting set[] = {
        { "forge.url", "https://forge.example/api/v3" },
        { "forge.repo", "digits/model" },
        { "forge.token_file", "it's a \"token\" file: 1" },
    };
    struct place *p = *state;
    struct buf out;

    buf_init(&out, 1 << 16);
    assert_int_equal(config_write_template(&out, set, 3, NULL), 0);
    if (load(p, out.data) < 0)
        print_error("%s", p->faults.data);
    assert_non_null(p->config);
    assert_string_equal(p->config->forge.token_file, "it's a \"token\" file: 1");
    for (const struct option *o = options; o->key; o++)
        assert_non_null(strstr(out.data, strchr(o->key, '.') + 1));
    buf_clear(&out);
    assert_int_equal(
        config_write_template(&out, (struct config_setting[]){ { "a.b", "c" } }, 1, &p->err),
        -ERR_CONFIG);
    buf_finish(&out);
}

/* The template with every # before an option taken away says the same as the defaults. */
static void the_templates_comments_are_the_defaults(void **state)
{
    struct place *p = *state;
    struct buf out, bare;

    buf_init(&out, 1 << 16);
    buf_init(&bare, 1 << 16);
    assert_int_equal(config_write_template(&out, NULL, 0, NULL), 0);
    for (const char *line = out.data; *line;) {
        size_t n = strcspn(line, "\n");
        size_t word = strspn(line + 4, "abcdefghijklmnopqrstuvwxyz_");
        bool is_option =
            n > 6 && strncmp(line, "  # ", 4) == 0 && word > 0 && line[4 + word] == ':';
        if (is_option)
            buf_printf(&bare, "  %.*s\n", (int)n - 4, line + 4);
        else
            buf_printf(&bare, "%.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
    if (load(p, bare.data) < 0)
        print_error("%s", p->faults.data);
    assert_non_null(p->config);
    assert_int_equal(p->config->retrain.licences.n, 2);
    buf_finish(&out);
    buf_finish(&bare);
}

static void example_policies_have_no_fault(void **state)
{
    struct place *p = *state;

    if (config_load(&p->config, POLICIES "/community.yml", &p->faults, &p->err) < 0)
        print_error("%s", p->faults.data);
    assert_non_null(p->config);
    assert_int_equal(p->config->budgets.content_per_hour, 200);
}

static void the_reference_in_docs_is_current(void **state)
{
    struct buf file, table;

    (void)state;
    buf_init(&file, 1 << 20);
    buf_init(&table, 1 << 20);
    assert_int_equal(fs_read(&file, POLICIES "/../../docs/configuration.md", NULL), 0);
    assert_int_equal(config_write_reference(&table, NULL), 0);
    if (strcmp(file.data, table.data) != 0)
        fail_msg("docs/configuration.md is old: run `ninja configuration-docs`");
    buf_finish(&file);
    buf_finish(&table);
}

static void the_token_comes_from_a_private_file_or_the_environment(void **state)
{
    struct place *p = *state;
    char *token = NULL;
    char *file = fs_path(p->dir, "token", NULL);

    assert_int_equal(load(p, "forge: {token_file: token}"), 0);
    assert_int_equal(config_read_secret(&token, p->config, CONFIG_TOKEN, &p->err), -ERR_CONFIG);
    assert_non_null(strstr(p->err.msg, "forge.token_file"));
    assert_int_equal(fs_write(file, "t0k3n-x\n", 8, 0644, NULL), 0);
    assert_int_equal(chmod(file, 0644), 0);
    assert_int_equal(config_read_secret(&token, p->config, CONFIG_TOKEN, &p->err), -ERR_CONFIG);
    assert_null(strstr(p->err.msg, "t0k3n-x"));
    assert_int_equal(chmod(file, 0600), 0);
    assert_int_equal(config_read_secret(&token, p->config, CONFIG_TOKEN, &p->err), 0);
    assert_string_equal(token, "t0k3n-x");
    free(token);
    free(file);

    assert_int_equal(load(p, ""), 0);
    assert_int_equal(unsetenv("HEARTH_TOKEN"), 0);
    assert_int_equal(config_read_secret(&token, p->config, CONFIG_TOKEN, &p->err), -ERR_CONFIG);
    assert_int_equal(setenv("HEARTH_TOKEN", "from-environment", 1), 0);
    assert_int_equal(config_read_secret(&token, p->config, CONFIG_TOKEN, &p->err), 0);
    assert_string_equal(token, "from-environment");
    free(token);
    assert_int_equal(unsetenv("HEARTH_TOKEN"), 0);
}

int main(void)
{
#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_fits_its_own_bounds),
        PLACED(an_empty_file_gives_the_defaults),
        PLACED(values_replace_defaults_lists_as_a_whole),
        PLACED(repositories_are_served_once_each),
        PLACED(all_faults_are_told_at_once_with_file_and_line),
        PLACED(bad_values_say_what_is_wrong),
        PLACED(missing_file_says_how_to_make_one),
        PLACED(the_template_loads_and_shows_every_option),
        PLACED(the_templates_comments_are_the_defaults),
        PLACED(example_policies_have_no_fault),
        cmocka_unit_test(the_reference_in_docs_is_current),
        PLACED(the_token_comes_from_a_private_file_or_the_environment),
    };
#undef PLACED
    return cmocka_run_group_tests(tests, NULL, NULL);
}
