/* SPDX-License-Identifier: Apache-2.0
 * What a request sends: headers, a body, a file. */
#include "base/http_curl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"

void curl_exchange_finish(struct curl_exchange *x)
{
    curl_slist_free_all(x->headers);
    curl_mime_free(x->form);
    if (x->upload)
        (void)fclose(x->upload);
}

static size_t on_upload(char *out, size_t size, size_t n, void *cls)
{
    struct curl_exchange *x = cls;

    size_t got = fread(out, 1, size * n, x->upload);
    if (got == 0 && ferror(x->upload)) {
        x->has_read_failed = true;
        return CURL_READFUNC_ABORT;
    }
    return got;
}

/* curl rewinds the body when it must send it again on another connection. */
static int on_seek(void *cls, curl_off_t offset, int origin)
{
    const struct curl_exchange *x = cls;

    return fseeko(x->upload, offset, origin) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

bool curl_is_named(const struct http_request *req, const char *name)
{
    for (size_t i = 0; i < req->n_headers; i++)
        if (text_equal_ignoring_case(req->headers[i].name, name))
            return true;
    return false;
}

/* Takes line. */
static int header_line_add(struct curl_exchange *x, char *line, struct err *err)
{
    struct curl_slist *longer = curl_slist_append(x->headers, line);

    free(line);
    if (!longer)
        return err_set(err, ERR_NOMEM, "no memory for request headers");
    x->headers = longer;
    return 0;
}

/* For curl "Name:" removes a header of its own and "Name;" sends one without a value. */
int curl_set_headers(struct curl_exchange *x, CURL *easy, struct err *err)
{
    static const char *const unwanted[] = { "Accept", "Content-Type", "Expect" };
    const struct http_request *req = x->req;
    int rc = 0;

    for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]) && rc == 0; i++)
        if (!curl_is_named(req, unwanted[i]) &&
            !(req->form_field && strcmp(unwanted[i], "Content-Type") == 0))
            rc = header_line_add(x, xasprintf("%s:", unwanted[i]), err);
    for (size_t i = 0; i < req->n_headers && rc == 0; i++) {
        const struct http_header *header = &req->headers[i];

        rc = header_line_add(x,
                             *header->value ? xasprintf("%s: %s", header->name, header->value)
                                            : xasprintf("%s;", header->name),
                             err);
    }
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
    return rc;
}

static int open_upload(struct curl_exchange *x, curl_off_t *ret_size, struct err *err)
{
    struct stat st;

    x->upload = fopen(x->req->body_file, "rbe");
    if (!x->upload || fstat(fileno(x->upload), &st) != 0)
        return err_errno(err, "cannot read '%s'", x->req->body_file);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_IO, "'%s' is not a file", x->req->body_file);
    *ret_size = st.st_size;
    return 0;
}

static int set_upload(struct curl_exchange *x, CURL *easy, struct err *err)
{
    curl_off_t size;
    int rc = open_upload(x, &size, err);

    if (rc < 0)
        return rc;
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_upload);
    (void)curl_easy_setopt(easy, CURLOPT_READDATA, x);
    (void)curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    (void)curl_easy_setopt(easy, CURLOPT_SEEKDATA, x);
    (void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
    return 0;
}

/* A form with the file as its only part. */
static int set_form(struct curl_exchange *x, CURL *easy, struct err *err)
{
    const struct http_request *req = x->req;
    curl_off_t size;
    int rc = open_upload(x, &size, err);

    if (rc < 0)
        return rc;
    x->form = curl_mime_init(easy);
    curl_mimepart *part = x->form ? curl_mime_addpart(x->form) : NULL;
    if (!part || curl_mime_name(part, req->form_field) != CURLE_OK ||
        curl_mime_filename(part, req->form_name) != CURLE_OK ||
        (req->form_type && curl_mime_type(part, req->form_type) != CURLE_OK) ||
        curl_mime_data_cb(part, size, on_upload, on_seek, NULL, x) != CURLE_OK)
        return err_set(err, ERR_NOMEM, "no memory for a form");
    (void)curl_easy_setopt(easy, CURLOPT_MIMEPOST, x->form);
    return 0;
}

/* Methods that carry a body say its length even when it is empty. */
int curl_set_body(struct curl_exchange *x, CURL *easy, struct err *err)
{
    static const char *const with_body[] = { "POST", "PUT", "PATCH" };
    const struct http_request *req = x->req;
    bool has_body = req->body != NULL;

    for (size_t i = 0; i < sizeof(with_body) / sizeof(with_body[0]); i++)
        has_body = has_body || strcmp(req->method, with_body[i]) == 0;

    if (strcmp(req->method, "HEAD") == 0) {
        (void)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return 0;
    }
    if (req->body_file) {
        int rc = req->form_field ? set_form(x, easy, err) : set_upload(x, easy, err);
        if (rc < 0)
            return rc;
    } else if (has_body) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, req->body ? req->body : "");
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
    }
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, req->method);
    return 0;
}
