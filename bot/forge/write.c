/* SPDX-License-Identifier: Apache-2.0
 * Writes to threads and commits. Every one counts against the pace; what cannot be repeated
 * without doubling its effect is EFFECT_ONCE. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/map.h"
#include "bot/forge/send.h"

/* What is written to was there when it was looked at. If it is gone since, the next look says
 * so; else it is hidden from us for want of a right: a scope of the token, mostly. */
static int tell_denial(const struct forge *f, const struct send *what, int rc, struct err *err)
{
    if (rc != -ERR_NOTFOUND || strcmp(what->method, "DELETE") == 0 ||
        !forge_has(f, FORGE_HIDES_DENIALS))
        return rc;
    if (err)
        err->code = ERR_DENIED;
    return err_wrap(err, -ERR_DENIED, "the token may lack the right to write this");
}

int forge_send_for(struct forge *f, const struct send *what, json_t *body, json_t **ret_doc,
                   struct err *err)
{
    struct transport_request req = {
        .method = what->method, .path = what->path, .effect = what->effect, .is_content = true
    };
    struct transport_reply reply;
    struct buf text;

    buf_init(&text, TRANSPORT_MAX_BODY);
    if (body) {
        json_write(&text, body, 0);
        req.body = text.data;
        req.body_len = text.len;
    }
    json_decref(body);
    int rc = buf_check(&text, "request", err);
    if (rc == 0)
        rc = transport_send(f->transport, &req, &reply, err);
    rc = tell_denial(f, what, rc, err);
    buf_finish(&text);
    free(what->path);
    if (rc < 0)
        return rc;
    *ret_doc = json_incref(reply.doc);
    transport_reply_finish(&reply);
    return 0;
}

int forge_send(struct forge *f, const struct send *what, json_t *body, int64_t *ret_id,
               struct err *err)
{
    json_t *doc = NULL;
    struct json_reader r;

    int rc = forge_send_for(f, what, body, &doc, err);
    if (rc == 0 && ret_id) {
        json_reader_init(&r, "reply");
        int64_t id = map_id(&r, doc);
        rc = forge_check_map(&r, err);
        if (rc == 0)
            *ret_id = id;
    }
    json_decref(doc);
    return rc;
}

/* NULL for text that is not UTF-8, which jansson refuses: a bug of ours or of the database. */
static int check_text(const json_t *body, struct err *err)
{
    return body ? 0 : err_set(err, ERR_PARSE, "text for the forge is not UTF-8");
}

int forge_create_comment(struct forge *f, int64_t number, const char *body, int64_t *ret_id,
                         struct err *err)
{
    json_t *doc = json_pack("{s:s}", "body", body);

    if (check_text(doc, err) < 0)
        return -ERR_PARSE;
    const struct send what = { "POST", forge_path(f, "/issues/%" PRId64 "/comments", number),
                               EFFECT_ONCE };
    return forge_send(f, &what, doc, ret_id, err);
}

int forge_edit_comment(struct forge *f, int64_t id, const char *body, struct err *err)
{
    json_t *doc = json_pack("{s:s}", "body", body);

    if (check_text(doc, err) < 0)
        return -ERR_PARSE;
    const struct send what = { "PATCH", forge_path(f, "/issues/comments/%" PRId64, id),
                               EFFECT_IDEMPOTENT };
    return forge_send(f, &what, doc, NULL, err);
}

int forge_add_label(struct forge *f, int64_t number, const char *label, struct err *err)
{
    json_t *doc;

    if (f->dialect->add_label)
        return f->dialect->add_label(f, number, label, err);
    doc = json_pack("{s:[s]}", "labels", label);
    if (check_text(doc, err) < 0)
        return -ERR_PARSE;
    const struct send what = { "POST", forge_path(f, "/issues/%" PRId64 "/labels", number),
                               EFFECT_IDEMPOTENT };
    return forge_send(f, &what, doc, NULL, err);
}

struct label_search {
    const char *label;
    bool stands;
};

static int look_for_label(void *ctx, const struct forge_thread *thread, struct err *err)
{
    struct label_search *search = ctx;

    (void)err;
    for (size_t i = 0; i < thread->n_labels; i++)
        search->stands |= text_equal_ignoring_case(thread->labels[i], search->label);
    return 0;
}

/* Where a missing right looks like a 404, that alone does not say that the label is gone. */
static int check_removed(struct forge *f, int64_t number, const char *label, struct err *err)
{
    struct label_search search = { .label = label };

    if (!forge_has(f, FORGE_HIDES_DENIALS))
        return 0;
    int rc = forge_get_thread(f, number, look_for_label, &search, err);
    if (rc == -ERR_NOTFOUND || rc == -ERR_MOVED)
        return 0; /* with its thread */
    if (rc == 0 && search.stands)
        rc = err_set(err, ERR_DENIED,
                     "label '%.50s' stands on #%" PRId64 " and was not found: the token may "
                     "lack the right to write this",
                     label, number);
    return rc;
}

/* One that is not there (any more) is removed already. */
int forge_remove_label(struct forge *f, int64_t number, const char *label, struct err *err)
{
    struct buf name;

    if (f->dialect->remove_label)
        return f->dialect->remove_label(f, number, label, err);
    buf_init(&name, 2000);
    text_add_url(&name, label, TEXT_SLASH_ENCODED);
    int rc = buf_check(&name, "label", err);
    if (rc == 0) {
        const struct send what = {
            "DELETE", forge_path(f, "/issues/%" PRId64 "/labels/%s", number, name.data),
            EFFECT_IDEMPOTENT
        };
        rc = forge_send(f, &what, NULL, NULL, err);
    }
    buf_finish(&name);
    return rc == -ERR_NOTFOUND ? check_removed(f, number, label, err) : rc;
}

int forge_create_status(struct forge *f, const char *sha, const struct forge_status *status,
                        const char *target_url, struct err *err)
{
    json_t *doc = json_pack("{s:s, s:s, s:s}", "state", status->state, "context",
                            status->context, "description", status->description);

    if (check_text(doc, err) < 0)
        return -ERR_PARSE;
    if (target_url && target_url[0])
        (void)json_object_set_new(doc, "target_url", json_string(target_url));
    const struct send what = { "POST", forge_path(f, "/statuses/%s", sha), EFFECT_ONCE };
    return forge_send(f, &what, doc, NULL, err);
}
