/* SPDX-License-Identifier: Apache-2.0
 * tests/support/site.h
 * site: the hub's pages over loopback, with one repository and an empty folder of reports. For
 * tests of hub/web. */
#ifndef TESTS_SUPPORT_SITE_H
#define TESTS_SUPPORT_SITE_H
#include "base/http.h"
#include "hub/repo/repo.h"
#include "hub/web/web.h"

struct site_fixture {
    char *dir;
    struct web *web;
    struct http_client *client;
    struct http_request req;
    struct http_response res;
    char *url;
    char commit[GIT_HEX_SIZE];
};

/* "community/digits" in versions 1.9.0 and 1.10.0: a README with a licence, a table and a
 * script, data/labels.csv, an empty file, ten bytes of model.safetensors, and page.html. */
extern const struct git_new_file site_files[];
enum { SITE_N_FILES = 5, SITE_MULTIPART_BYTES = 64 };

/* cmocka's setup and teardown. */
int site_start(void **state);
int site_start_later(void **state); /* by its clock, what is written just now is an hour old */
int site_stop(void **state);

struct http_request *site_prepare(struct site_fixture *fix, const char *method,
                                  const char *path);
int site_perform(struct site_fixture *fix); /* the status; the reply is fix->res */
int site_get(struct site_fixture *fix, const char *path);
int site_get_with(struct site_fixture *fix, const char *path, const char *name,
                  const char *value);

/* "" when absent. */
const char *site_header(const struct site_fixture *fix, const char *name);

/* Fail the test, showing the body. */
void site_assert_has(const struct site_fixture *fix, const char *text);
void site_assert_has_not(const struct site_fixture *fix, const char *text);

/* "Bearer hf_..." of a new token of that person's, who is made where needed. Scope: read,
 * write, admin. The caller frees. */
char *site_token(const struct site_fixture *fix, const char *person, const char *scope);

/* What the repositories of a person may take, in bytes. */
void site_set_quota(const struct site_fixture *fix, const char *person, int64_t bytes);

/* A request with a body and a token (NULL: none); the status. */
int site_send(struct site_fixture *fix, const char *method, const char *path, const char *token,
              const char *body);

void site_put_report(const struct site_fixture *fix, const char *name, const char *text);

#endif
