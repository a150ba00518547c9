/* SPDX-License-Identifier: Apache-2.0
 * practice/load.h
 * load: a community from a file of GitHub API objects. {repo, labels, collaborators: {login:
 * role}, issues, pulls, issue_comments, review_comments, reviews: {N: []}, events, timelines:
 * {N: []}, releases}; what is missing gets a default. A fault is named by its path:
 * "issues[3].user.login: expected a string". */
#ifndef PRACTICE_LOAD_H
#define PRACTICE_LOAD_H
#include <stddef.h>

struct err;
struct forge;

/* Into an empty forge, with a repository of one commit; after an error it is of no use. */
int load_file(struct forge *f, const char *path, struct err *err);

/* The same without the repository. what names the text in messages. */
int load_text(struct forge *f, const char *text, size_t len, const char *what, struct err *err);

#endif
