/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/git_rules.h
 * git_rules: what the real git makes of a file of rules, such as .gitignore, for many paths. */
#ifndef TESTS_UNIT_GIT_RULES_H
#define TESTS_UNIT_GIT_RULES_H
#include "tests/unit/git_program.h"

static inline void write_in(const char *dir, const char *name, const void *data, size_t len)
{
    char *path = fs_path(dir, name, NULL);

    assert_int_equal(fs_write(path, data, len, 0644, NULL), 0);
    free(path);
}

/* A repository, and the paths that git is going to be asked for. */
static inline void git_rules_start(const char *dir, const char *const *paths, size_t n)
{
    struct buf asked;

    buf_init(&asked, 1 << 20);
    for (size_t i = 0; i < n; i++)
        buf_add(&asked, paths[i], strlen(paths[i]) + 1);
    shell(dir, "git init -q r");
    write_in(dir, "asked", asked.data, asked.len);
    buf_finish(&asked);
}

/* What git's command says with that text as the file: its fields, each between two newlines. */
static inline void git_rules_ask(struct buf *out, const char *dir, const char *file,
                                 const char *text, const char *command)
{
    char *name = fs_path("r", file, NULL), *said = fs_path(dir, "said", NULL);
    char *line = xasprintf("git -C r %s -z --stdin <asked | tr '\\0' '\\n' >said", command);

    write_in(dir, name, text, strlen(text));
    shell(dir, line);
    buf_clear(out);
    buf_add_char(out, '\n');
    assert_int_equal(fs_read(out, said, NULL), 0);
    free(line);
    free(said);
    free(name);
}

#endif
