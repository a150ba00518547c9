/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/git_program.h
 * git_program: lets a test make repositories with the real git in a folder of its own. */
#ifndef TESTS_UNIT_GIT_PROGRAM_H
#define TESTS_UNIT_GIT_PROGRAM_H
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/git.h"
#include "tests/unit/folder.h"

extern char **environ;

/* Runs a shell line in a folder; the test fails when the line does. */
static inline void shell(const char *dir, const char *line)
{
    char *script = xasprintf("cd '%s' && { %s\n} >shell.log 2>&1", dir, line);
    char name[] = "sh", option[] = "-c";
    char *argv[] = { name, option, script, NULL };
    pid_t pid = -1;
    int status = -1;

    assert_int_equal(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    free(script);
    if (status != 0)
        fail_msg("'%s' ended with %d; see shell.log in %s", line, status, dir);
}

/* The first word that a shell line prints. */
static inline void shell_word(char *out, size_t size, const char *dir, const char *line)
{
    char *log = fs_path(dir, "shell.log", NULL);
    struct buf text;

    shell(dir, line);
    buf_init(&text, 65536);
    assert_int_equal(fs_read(&text, log, NULL), 0);
    (void)snprintf(out, size, "%.*s", (int)strcspn(text.data, " \n"), text.data);
    buf_finish(&text);
    free(log);
}

/* A folder for one test, with nobody's configuration around; *state is its path. */
static inline int enter_folder(void **state)
{
    assert_int_equal(git_setup(NULL), 0);
    (void)make_folder(state);
    (void)setenv("HOME", *state, 1);
    (void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    (void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    (void)setenv("GIT_AUTHOR_NAME", "Newcomer", 1);
    (void)setenv("GIT_AUTHOR_EMAIL", "newcomer@example.org", 1);
    (void)setenv("GIT_COMMITTER_NAME", "Newcomer", 1);
    (void)setenv("GIT_COMMITTER_EMAIL", "newcomer@example.org", 1);
    return 0;
}

static inline struct git_repo *open_repo(const char *dir, const char *name)
{
    char *path = fs_path(dir, name, NULL);
    struct git_repo *repo = NULL;

    assert_int_equal(git_open(&repo, path, NULL), 0);
    free(path);
    return repo;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, remove_folder)

#endif
