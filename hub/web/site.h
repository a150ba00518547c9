/* SPDX-License-Identifier: Apache-2.0
 * hub/web/site.h
 * site: what every page of the hub is made from, and the ways to answer.
 * Private to hub/web. Handlers share one site and never write to it. */
#ifndef HUB_WEB_SITE_H
#define HUB_WEB_SITE_H
#include <stdbool.h>

#include "base/httpd.h"
#include "base/hash.h"
#include "hub/web/access.h"

struct access_log;
struct buf;
struct card;
struct catalogue;
struct downloads;
struct err;
struct metrics;
struct quota;
struct rate;
struct shelf;

struct site {
    _Atomic(char *) title;      /* a reload replaces them; what stood there lives on until */
    _Atomic(char *) public_url; /* the end. No trailing slash; "" takes the request's Host */
    char *hub_dir;              /* absolute */
    char *reports_dir;
    bool takes_pushes; /* there is a hook to judge them */
    char *accel; /* where the proxy finds hub_dir, for X-Accel-Redirect; "": it does not */
    struct httpd *_Atomic httpd; /* NULL for the first requests */
    struct metrics *metrics;
    struct access_log *access_log; /* NULL: none is kept */
    struct access *access;
    struct catalogue *catalogue;
    struct downloads *downloads;
    struct rate *rate;
    bool spares_own_machine;          /* requests from loopback are not counted */
    char upload_key[SHA256_HEX_SIZE]; /* signs the addresses that uploads go to */
    struct quota *quota;              /* what each namespace may take */
    char *hook_secret;                /* of the forge's webhooks; NULL: there are none */
    char *wake_path;                  /* touched by them */
    int64_t multipart_bytes;          /* uploads from this size on come in parts */
};

/* How long what anybody may read is sent again without being looked up: a release by another
 * process is seen after that; what this server writes, at once. */
enum { SITE_REMEMBERED_MS = 2000 };

/* How many repositories of a kind lists go through. */
enum { SITE_MAX_REPOS = 100000 };

/* Which Content-Security-Policy goes with an answer. */
enum reply_kind {
    REPLY_PAGE,   /* our markup, our style sheet, no script */
    REPLY_FRONT,  /* as that, with a form of ours */
    REPLY_REPORT, /* a self-contained page of ours: style inside */
    REPLY_FILE,   /* a stranger's file: sandboxed */
};

/* The headers every answer has. Once per request, before returning the status. */
void reply_headers(struct httpd_request *req, enum reply_kind kind);

/* Ends an answer whose body is complete: an ETag from its content, and 304 with an empty body
 * when the client has it already. Returns the status. */
int reply_body(struct httpd_request *req, struct httpd_response *res, const char *content_type,
               enum reply_kind kind);

/* An answer that says what is wrong: a page for browsers, {"error": what} for programs. code
 * is the hub protocol's X-Error-Code ("EntryNotFound"), NULL for none. Returns status. */
int site_error(const struct site *site, struct httpd_request *req, struct httpd_response *res,
               int status, const char *code, const char *what);

/* The answer for a repository that is there and cannot be read: 500. */
int site_unreadable(const struct site *site, struct httpd_request *req,
                    struct httpd_response *res, const struct err *err);
/* The same when it is not known which repositories there are. */
int site_unlisted(const struct site *site, struct httpd_request *req,
                  struct httpd_response *res, const struct err *err);

/* The frame around every page. title may be a stranger's. Between the two calls the caller adds
 * the content of <main>. */
void page_begin(struct buf *out, const struct site *site, const char *title);
void page_end(struct buf *out);
#define PAGE_TYPE "text/html; charset=utf-8"

/* "http://host:port", public_url or the request's Host. The caller frees. */
char *site_base_url(const struct site *site, const struct httpd_request *req);

/* The README's metadata and text; both empty without one. *readme holds what card needs. */
void site_read_card(struct card *card, struct buf *readme, const struct shelf *shelf);

/* The repository of a request's {ns}, {name} and {where...} ("main" without one), open for whom
 * has the right. 0, or the status of the error that is filled in. *ret is zeroed in every
 * case. */
int site_open_shelf(struct shelf *ret, const struct site *site, struct httpd_request *req,
                    struct httpd_response *res);
int site_open_shelf_for(struct shelf *ret, const struct site *site, struct httpd_request *req,
                        struct httpd_response *res, enum access_right right);

/* A line of what is known at a glance: licence, first figure, version, downloads, size. */
void page_add_badges(struct buf *out, const struct site *site, const struct shelf *shelf,
                     const struct card *card);

/* "1.4 MB", "312 bytes". */
void page_add_size(struct buf *out, int64_t bytes);

httpd_handler page_home;                                     /* home.c */
httpd_handler page_model, page_tree, page_blob, page_commit; /* models.c */
httpd_handler api_list, api_tags, api_model, api_refs, api_tree, api_paths_info, api_spaces;
httpd_handler api_whoami, api_absent, send_options;
httpd_handler send_file, send_raw, send_report, send_static;
httpd_handler api_auth_check, api_auth_check_write;                     /* api_account.c */
httpd_handler api_create, api_delete, api_move, api_settings;           /* api_repos.c */
httpd_handler gate_ask, api_gate_list, api_gate_handle, api_gate_grant; /* api_gate.c */
httpd_handler api_branch, api_tag, api_squash, api_commits;             /* api_refs.c */
httpd_handler api_owned;                                                /* api_owned.c */
httpd_handler api_lfs_list, api_lfs_drop;                               /* api_lfs.c */
httpd_handler api_preupload, api_validate_yaml;                         /* preupload.c */
httpd_handler api_commit, commit_begin;                                 /* commit.c */
int commit_take(struct httpd_request *req, const void *data, size_t len, void *ctx);
httpd_handler send_health, send_metrics; /* operations.c */
httpd_handler take_hook;                 /* hook.c */

#endif
