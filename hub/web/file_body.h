/* SPDX-License-Identifier: Apache-2.0
 * hub/web/file_body.h
 * file_body: what bodies say of the files of a repository: which to look up, which will come,
 * which large ones are to go.
 * Borrows the texts of the document or form; *_finish() in every case. Looks nothing up.
 * Private to hub/web. */
#ifndef HUB_WEB_FILE_BODY_H
#define HUB_WEB_FILE_BODY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/form.h"
#include "base/json.h"
#include "hub/repo/large.h"

enum {
    FILE_BODY_MAX_PATHS = 1000, /* in a paths-info, and files in a preupload */
    FILE_BODY_MAX_SHAS = 1000,
    FILE_BODY_MAX_RULES_BYTES = 1 << 20
};

/* A paths-info, of a form or, when content_type says so, of JSON. */
struct paths_body {
    const char **paths;
    size_t n;
    bool expands;
    json_t *doc; /* whichever of the two it was */
    struct form form;
};
int paths_body_read(struct paths_body *ret, const char *content_type, const char *text,
                    size_t len, struct err *err);
void paths_body_finish(struct paths_body *body);

struct preupload_file {
    const char *path;
    int64_t size; /* bytes; 0 when it is not said */
};
struct preupload_body {
    const char *attributes, *ignore; /* the two files as they will be; NULL: as they are */
    struct preupload_file *files;
    size_t n;
};
int preupload_body_read(struct preupload_body *ret, const json_t *doc, struct err *err);
void preupload_body_finish(struct preupload_body *body);

/* Large files that are to go, by their SHA-256. */
struct drop_body {
    const char **oids;
    struct hub_large_drop drop;
};
int drop_body_read(struct drop_body *ret, const json_t *doc, struct err *err);
void drop_body_finish(struct drop_body *body);

#endif
