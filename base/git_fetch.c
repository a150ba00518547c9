/* SPDX-License-Identifier: Apache-2.0
 * Fetching one ref from a server that may be hostile or silent. libgit2 1.5 has no timeout, so
 * this runs in a worker with a deadline. Credentials go into a header of ours: no callback that
 * would be asked again for ever, nothing in a URL that would be stored; no redirect to another
 * host is followed.
 * The server is asked for its refs first, since a refspec that matches nothing is no error to
 * libgit2. */
#include "base/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/git_impl.h"
#include "base/text.h"

enum { MAX_HEADER_BYTES = 65536 };

struct fetch {
    const struct git_fetch_options *options;
    const char *limit; /* which one was reached, NULL: none */
};

static int watch_limits(const git_indexer_progress *stats, void *payload)
{
    struct fetch *f = payload;

    if ((int64_t)stats->received_bytes > f->options->max_bytes)
        f->limit = "bytes";
    else if ((int64_t)stats->total_objects > f->options->max_objects)
        f->limit = "objects";
    return f->limit ? GIT_EUSER : 0;
}

static int check_certificate(git_cert *cert, int is_valid, const char *host, void *payload)
{
    (void)cert;
    (void)host;
    (void)payload;
    return is_valid ? 0 : GIT_ECERTIFICATE;
}

static int check_url(const char *url, struct err *err)
{
    static const char *const schemes[] = { "https://", "http://", "file://", "/" };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (!text_has_prefix(url, schemes[i]))
            continue;
        const char *host = url + strlen(schemes[i]);
        if (*schemes[i] == 'h' && memchr(host, '@', strcspn(host, "/")))
            return err_set(err, ERR_CONFIG, "a git address must not hold a user or password");
        return 0;
    }
    return err_set(err, ERR_CONFIG, "git address '%.100s': only https, http and file", url);
}

/* "Authorization: Basic ..." or NULL; the caller frees. */
static char *authorization(const struct git_fetch_options *options)
{
    struct buf plain, header;

    if (!options->token)
        return NULL;
    buf_init(&plain, MAX_HEADER_BYTES);
    buf_init(&header, 2 * MAX_HEADER_BYTES);
    buf_printf(&plain, "%s:%s", options->user ? options->user : "x-access-token",
               options->token);
    buf_add_str(&header, "Authorization: Basic ");
    base64_add(&header, plain.data, plain.len);
    buf_finish(&plain);
    return buf_take(&header);
}

/* The server's answer, which libgit2 tells in words only. */
static const struct {
    const char *text;
    enum err_code code;
    const char *meaning;
} answers[] = {
    { "status code: 401", ERR_AUTH, "the token is wrong (401)" },
    { "authentication required", ERR_AUTH, "the repository wants a valid token (401)" },
    { "status code: 403", ERR_DENIED, "the token may not read the repository (403)" },
    { "status code: 404", ERR_NOTFOUND,
      "no such repository, or the token may not see it (404)" },
    { "status code: 410", ERR_MOVED, "the repository is gone (410)" },
    { "status code: 30", ERR_MOVED, "the repository moved (a redirect to another host)" },
    { "redirect", ERR_MOVED, "the repository moved (a redirect to another host)" },
    { "status code: 5", ERR_NET, "the server is in trouble (5xx)" },
    { "status code: 429", ERR_NET, "the server asks to come back later (429)" },
};

static int explain(const struct fetch *f, int rc, struct err *err)
{
    const git_error *last = git_error_last();
    const char *url = f->options->url;
    const char *text = last && last->message ? last->message : "";

    if (f->limit)
        return err_set(
            err, ERR_LIMIT, "fetch from %s: more than %lld %s", url,
            (long long)(f->limit[0] == 'b' ? f->options->max_bytes : f->options->max_objects),
            f->limit);
    if (rc == GIT_EAUTH)
        return err_set(err, ERR_AUTH, "fetch from %s: the token is wrong or missing", url);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strstr(text, answers[i].text))
            return err_set(err, answers[i].code, "fetch from %s: %s", url, answers[i].meaning);
    }
    if (last && last->klass == GIT_ERROR_OS)
        return err_set(err, ERR_NET, "fetch from %s: %s", url, text);
    return git_fail(err, rc, "fetch from %s", url);
}

/* Does the server have the source of the refspec? A pattern always counts as there. */
static int check_ref(git_remote *remote, const struct fetch *f, struct err *err)
{
    const char *source = f->options->refspec + (f->options->refspec[0] == '+');
    size_t len = strcspn(source, ":");
    const git_remote_head **heads = NULL;
    size_t n = 0;

    if (memchr(source, '*', len))
        return 0;
    int rc = git_remote_ls(&heads, &n, remote);
    if (rc < 0)
        return explain(f, rc, err);
    for (size_t i = 0; i < n; i++) {
        if (strlen(heads[i]->name) == len && memcmp(heads[i]->name, source, len) == 0)
            return 0;
    }
    return err_set(err, ERR_NOTFOUND, "%s has no ref '%.*s'", f->options->url, (int)len,
                   source);
}

static int transfer(git_remote *remote, struct fetch *f, const char *header, struct err *err)
{
    git_remote_connect_options connect;
    git_fetch_options fetch;
    char *refspec = xstrdup(f->options->refspec);
    char *line = header ? xstrdup(header) : NULL;
    git_strarray refspecs = { .strings = &refspec, .count = 1 };

    (void)git_remote_connect_options_init(&connect, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    (void)git_fetch_options_init(&fetch, GIT_FETCH_OPTIONS_VERSION);
    fetch.callbacks.transfer_progress = watch_limits;
    fetch.callbacks.certificate_check = check_certificate;
    fetch.callbacks.payload = f;
    fetch.prune = GIT_FETCH_NO_PRUNE;
    fetch.update_fetchhead = 0;
    fetch.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    fetch.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    fetch.proxy_opts.type = GIT_PROXY_AUTO;
    fetch.custom_headers = (git_strarray){ .strings = &line, .count = line ? 1 : 0 };
    connect.callbacks = fetch.callbacks;
    connect.follow_redirects = fetch.follow_redirects;
    connect.proxy_opts = fetch.proxy_opts;
    connect.custom_headers = fetch.custom_headers;

    git_error_clear();
    int rc = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &connect);
    if (rc < 0)
        rc = explain(f, rc, err);
    if (rc == 0)
        rc = check_ref(remote, f, err);
    if (rc == 0 && (rc = git_remote_fetch(remote, &refspecs, &fetch, NULL)) < 0)
        rc = explain(f, rc, err);
    (void)git_remote_disconnect(remote);
    free(line);
    free(refspec);
    return rc;
}

int git_fetch(struct git_repo *repo, const struct git_fetch_options *options, struct err *err)
{
    struct fetch f = { .options = options };
    git_remote_create_options create;
    git_remote *remote = NULL;

    int rc = check_url(options->url, err);
    if (rc < 0)
        return rc;
    (void)git_remote_create_options_init(&create, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    create.repository = repo->git;
    create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
    rc = git_remote_create_with_opts(&remote, options->url, &create);
    if (rc < 0)
        return git_fail(err, rc, "fetch from %s", options->url);
    char *header = authorization(options);
    rc = transfer(remote, &f, header, err);
    free(header);
    git_remote_free(remote);
    return rc;
}
