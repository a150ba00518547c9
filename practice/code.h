/* SPDX-License-Identifier: Apache-2.0
 * practice/code.h
 * code: the moves that touch the repository: commits, pull requests, pushes and merges.
 * refs/heads/ holds branches, refs/pull/N/head the heads of pull requests, kept for ever, as on
 * GitHub. Merges are squashed: one commit on the default branch with the PR's files. */
#ifndef PRACTICE_CODE_H
#define PRACTICE_CODE_H
#include "base/git.h"
#include "practice/forge.h"

struct code_change {
    const char *parent; /* commit name, or NULL for a first commit */
    const char *who;
    const char *message;
    const struct git_new_file *files; /* laid over the parent's; data NULL removes one */
    size_t n_files;
};
int code_commit(char ret[GIT_HEX_SIZE], struct forge *f, const struct code_change *change,
                struct err *err);

/* The commit at the end of the default branch. */
int code_head(char ret[GIT_HEX_SIZE], struct forge *f, struct err *err);
/* Moves the default branch on from expected (NULL: it must not exist yet). */
int code_advance(struct forge *f, const char *commit, const char *expected, struct err *err);

struct pull_words {
    const char *title, *body;
    const char *branch; /* in the author's fork */
    const char *sha;    /* a commit that the repository holds */
};
int move_open_pull(json_t **ret, struct forge *f, const char *who,
                   const struct pull_words *words, struct err *err);

/* A new head; forced pushes leave an event. */
enum push_kind { PUSH_FORWARD, PUSH_FORCED, PUSH_UNTOLD };
int move_push(struct forge *f, const char *who, json_t *pull, const char *sha,
              enum push_kind kind, struct err *err);

int move_merge(struct forge *f, const char *who, json_t *pull, struct err *err);

#endif
