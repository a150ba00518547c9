/* SPDX-License-Identifier: Apache-2.0
 * hub/web/repo_body.h
 * repo_body: what JSON bodies say of a repository that is to be made, moved, set up or removed.
 * Borrows the texts of the document; *_finish() in every case, where there is one. Says what a
 * body may hold; whether a name is free and who may take it is hosting's and access's. Private
 * to hub/web. */
#ifndef HUB_WEB_REPO_BODY_H
#define HUB_WEB_REPO_BODY_H
#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "store/hosted_repo.h"

struct buf;
struct git_new_file;

enum { REPO_BODY_MAX_FILES = 100, REPO_BODY_MAX_FILE_BYTES = 4 << 20 };

struct repo_body {
    enum hosted_kind kind;
    char *ns; /* NULL: the person's own */
    const char *name;
    bool is_private;
    const char *licence;        /* one line; "": none */
    struct git_new_file *files; /* the first ones, decoded */
    size_t n_files;
    struct buf *contents; /* theirs */
};
int repo_body_read(struct repo_body *ret, const json_t *doc, struct err *err);
/* Of a removal: neither licence nor files are looked at. */
int repo_body_read_name(struct repo_body *ret, const json_t *doc, struct err *err);
void repo_body_finish(struct repo_body *body);

struct move_body {
    enum hosted_kind kind;
    char *from_ns, *to_ns;
    const char *from_name, *to_name; /* both are names that a repository may have */
};
int move_body_read(struct move_body *ret, const json_t *doc, struct err *err);
void move_body_finish(struct move_body *body);

/* What is not mentioned stays as it is. */
struct settings_body {
    bool has_privacy, is_private, has_gate;
    enum hosted_gate gate;
};
int settings_body_read(struct settings_body *ret, const json_t *doc, struct err *err);

#endif
