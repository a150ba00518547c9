/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/reply.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/http.h"
#include "bot/forge/squeeze.h"

enum { NAME_MAX_BYTES = 200 };

static const struct {
    int status;
    enum err_code code;
    const char *hint;
} status_meanings[] = {
    { 401, ERR_AUTH, "; is the token right and not expired?" },
    { 403, ERR_DENIED, "; the token lacks this right" },
    { 404, ERR_NOTFOUND, "; it does not exist, or the token may not see it" },
    { 409, ERR_CONFLICT, "" },
    { 410, ERR_MOVED, "; it was deleted" },
    { 412, ERR_CONFLICT, "" },
    { 423, ERR_DENIED, "; the repository is archived" },
    { 451, ERR_DENIED, "; blocked for legal reasons" },
};

/* An outage page or a wrong address: a body that is markup, whatever it calls itself. */
static bool is_html(const struct http_response *res)
{
    const char *type = http_response_header(res, "content-type");
    const char *body = res->body.data + strspn(res->body.data, " \t\r\n");

    return *body == '<' || (type && strstr(type, "text/html"));
}

int reply_parse(json_t **ret, struct http_response *res, struct err *err)
{
    if (res->body.len == 0)
        return 0;
    if (is_html(res))
        return err_set(err, ERR_FORGE,
                       "the forge answered HTML instead of JSON (status %d); is forge.url the "
                       "base of its API?",
                       res->status);
    json_replace_nul(res->body.data, res->body.len);
    buf_truncate(&res->body, squeeze_json(res->body.data, res->body.len));
    return json_parse(ret, res->body.data, res->body.len, "reply", err);
}

static const char *text_of(const json_t *obj, const char *key)
{
    const char *text = json_string_value(json_object_get(obj, key));

    return text ? text : "";
}

/* "IssueComment.body: too long" of the first of errors[], which GitHub adds to a 422. */
static void describe_first(char *out, size_t size, const json_t *doc)
{
    const json_t *first = json_array_get(json_object_get(doc, "errors"), 0);
    const char *message = text_of(first, "message");

    out[0] = '\0';
    if (json_is_string(first))
        (void)snprintf(out, size, " (%.200s)", json_string_value(first));
    else if (first)
        (void)snprintf(out, size, " (%.60s.%.60s: %.200s)", text_of(first, "resource"),
                       text_of(first, "field"), message[0] ? message : text_of(first, "code"));
}

static bool says_already_exists(const json_t *doc)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(doc, "errors"), i, item)
    {
        if (strcmp(text_of(item, "code"), "already_exists") == 0)
            return true;
    }
    return false;
}

/* A 410 for every thread, though none is deleted: they come back with the switch. */
static bool says_issues_are_off(const struct http_response *res, const json_t *doc)
{
    return res->status == 410 && strstr(text_of(doc, "message"), "disabled");
}

static enum err_code code_of(const struct http_response *res, const json_t *doc,
                             const char **hint)
{
    *hint = "; issues are switched off in the repository's settings";
    if (says_issues_are_off(res, doc))
        return ERR_DENIED;
    *hint = "";
    for (size_t i = 0; i < sizeof(status_meanings) / sizeof(status_meanings[0]); i++)
        if (status_meanings[i].status == res->status) {
            *hint = status_meanings[i].hint;
            return status_meanings[i].code;
        }
    if (res->status == 422 && says_already_exists(doc))
        return ERR_EXISTS;
    return res->status < 500 ? ERR_REFUSED : ERR_FORGE;
}

int reply_refusal(const struct http_response *res, struct err *err)
{
    char first[NAME_MAX_BYTES * 2] = "";
    const char *hint = "";
    json_t *doc = NULL;

    if (is_html(res)) {
        enum err_code html = res->status == 401 ? ERR_AUTH : ERR_FORGE;
        return err_set(err, html,
                       "the forge answered %d with HTML; is forge.url the base of its API?",
                       res->status);
    }
    (void)json_parse(&doc, res->body.data, res->body.len, "reply", NULL);
    describe_first(first, sizeof(first), doc);
    enum err_code code = code_of(res, doc, &hint);
    const char *message = text_of(doc, "message");
    int rc = err_set(err, code, "the forge answered %d: %.300s%s%s", res->status,
                     message[0] ? message : "no reason given", first, hint);
    json_decref(doc);
    return rc;
}
