/* SPDX-License-Identifier: Apache-2.0
 * hub/web/visit.h
 * visit: a request to one repository, by somebody who has the right.
 * Private to hub/web. Owns its strings. */
#ifndef HUB_WEB_VISIT_H
#define HUB_WEB_VISIT_H
#include "hub/web/access.h"

struct err;
struct httpd_request;
struct httpd_response;
struct site;

struct visit {
    struct principal who;
    struct hosted hosted;
    enum hosted_kind kind;
    char *ns, *name, *id; /* "namespace/name" */
    char *root;           /* the folder of this kind's repositories */
};

/* From the request's {ns}, {name} and {kind} ("models", "datasets"; absent: from the path). 0,
 * or the status of the error that is filled in. visit_end() in every case. */
int visit_begin(struct visit *ret, const struct site *site, struct httpd_request *req,
                struct httpd_response *res, enum access_right right);
/* The same for a repository that a body names. */
int visit_begin_named(struct visit *ret, const struct site *site, struct httpd_request *req,
                      struct httpd_response *res, const struct hosted_name *name,
                      enum access_right right);
void visit_end(struct visit *visit); /* zeroed is fine */

/* For who comes with a signed address and no token: counted by where it comes from. 0, or the
 * status of a 429. */
int visit_count_address(const struct site *site, struct httpd_request *req,
                        struct httpd_response *res);

/* Who asks; 0, or the status of a 401 or 429. */
int visit_identify(struct principal *ret, const struct site *site, struct httpd_request *req,
                   struct httpd_response *res);

/* The same for what nobody may ask without a token. */
int visit_identify_person(struct principal *ret, const struct site *site,
                          struct httpd_request *req, struct httpd_response *res);

/* The folder of a kind's repositories, the first part of its API ("models") and what stands
 * before the id in its other addresses ("" or "datasets/"). The caller frees the first. */
char *visit_root(const struct site *site, enum hosted_kind kind);
const char *visit_plural(enum hosted_kind kind);
const char *visit_prefix(enum hosted_kind kind);
/* "model", "dataset"; false for anything else. NULL and "" are models. */
bool visit_parse_kind(enum hosted_kind *ret, const char *word);

/* An error as the protocol tells it: status and X-Error-Code from err's code. */
int visit_fail(const struct site *site, struct httpd_request *req, struct httpd_response *res,
               const struct principal *who, const struct err *err);

#endif
