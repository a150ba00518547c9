/* SPDX-License-Identifier: Apache-2.0
 * practice/load.h
 * load: a community from a file of GitHub API objects. {repo, labels, collaborators: {login:
 * role}, issues, pulls, issue_comments, review_comments, reviews: {N: []}, events, timelines:
 * {N: []}, releases}; what is missing gets a default. A fault is named by its path:
 * "issues[3].user.login: expected a string". */
#ifndef PRACTICE_LOAD_H
#define PRACTICE_LOAD_H

struct err;
struct forge;

/* Into an empty forge; after an error the forge is of no use. */
int load_file(struct forge *f, const char *path, struct err *err);

#endif
