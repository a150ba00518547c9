/* SPDX-License-Identifier: Apache-2.0
 * hub/web/commit_impl.h
 * commit_impl: a commit while its lines arrive. Private to hub/web/commit*.c. */
#ifndef HUB_WEB_COMMIT_IMPL_H
#define HUB_WEB_COMMIT_IMPL_H
#include "base/buf.h"
#include "base/err.h"
#include "hub/web/content.h"
#include "hub/web/ndjson.h"
#include "hub/web/visit.h"

struct attributes;
struct hub_edit;
struct hub_repo;
struct quota_hold;
struct site;

struct commit {
    const struct site *site;
    struct visit visit;
    struct hub_repo *repo;
    struct hub_edit *edit;
    char *branch;
    struct ndjson lines;
    struct content content;        /* of the line that is being read */
    struct buf rules;              /* .gitattributes at the tip */
    struct attributes *attributes; /* read from it for the first file that asks; or NULL */
    struct buf readme;             /* of this commit, to be checked */
    bool has_readme;
    char *summary, *description, *parent; /* of the header; NULL before it */
    struct quota_hold *hold;              /* of all bytes that are not counted yet */
    int64_t git_bytes;                    /* those that went into git */
    struct err err;
};

/* So many bytes are there and stay. */
void commit_count(const struct commit *c, int64_t bytes);

/* struct ndjson_sink's functions; ctx is the commit. */
int commit_take_content(void *ctx, const char *text, size_t len, struct err *err);
int commit_take_line(void *ctx, const json_t *doc, size_t number, struct err *err);

#endif
