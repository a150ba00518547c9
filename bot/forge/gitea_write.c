/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/gitea_write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/http.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/link.h"
#include "bot/forge/map.h"
#include "bot/forge/send.h"

static const char new_label_color[] = "#ededed";

/* Labels ---------------------------------------------------------------------------------- */

struct label_ids {
    struct label_id {
        int64_t id;
        char *name;
    } * items;
    size_t n;
};

void label_ids_free(struct label_ids *labels)
{
    if (!labels)
        return;
    for (size_t i = 0; i < labels->n; i++)
        free(labels->items[i].name);
    free(labels->items);
    free(labels);
}

static void keep_label(struct label_ids *labels, int64_t id, const char *name)
{
    labels->items = xrealloc_array(labels->items, labels->n + 1, sizeof(*labels->items));
    labels->items[labels->n++] = (struct label_id){ id, xstrdup(name) };
}

static int take_label(void *ctx, struct json_reader *r, const json_t *item, struct err *err)
{
    int64_t id = map_id(r, item);
    const char *name = json_str(r, item, "name", JSON_REQUIRED);
    int rc = forge_check_map(r, err);

    if (rc == 0)
        keep_label(ctx, id, name);
    return rc;
}

/* An organisation has labels for all of its repositories; a person has none to ask for. */
static int read_org_labels(struct forge *f, struct label_ids *labels, struct err *err)
{
    struct buf path;

    buf_init(&path, 2000);
    buf_add_str(&path, "/orgs/");
    text_add_url(&path, f->owner, TEXT_SLASH_ENCODED);
    buf_printf(&path, "/labels%s", f->dialect->page_query);
    int rc = buf_check(&path, "owner", err);
    if (rc == 0)
        rc = forge_each_item(f, xstrdup(path.data), "labels", take_label, labels, err);
    buf_finish(&path);
    return rc == -ERR_NOTFOUND || rc == -ERR_DENIED ? 0 : rc;
}

static int read_labels(struct forge *f, struct err *err)
{
    struct label_ids *labels;

    if (f->labels)
        return 0;
    labels = xcalloc(1, sizeof(*labels));
    int rc = forge_each_item(f, forge_path(f, "/labels%s", f->dialect->page_query), "labels",
                             take_label, labels, err);
    if (rc == 0)
        rc = read_org_labels(f, labels, err);
    if (rc < 0)
        label_ids_free(labels);
    else
        f->labels = labels;
    return rc;
}

static void forget_labels(struct forge *f)
{
    label_ids_free(f->labels);
    f->labels = NULL;
}

/* Several may have one name: the first is as good as any, and one in another case will do. */
static int64_t find_label(const struct label_ids *labels, const char *name)
{
    int64_t alike = 0;

    for (size_t i = 0; i < labels->n; i++) {
        const struct label_id *label = &labels->items[i];
        if (strcmp(label->name, name) == 0)
            return label->id;
        if (alike == 0 && text_equal_ignoring_case(label->name, name))
            alike = label->id;
    }
    return alike;
}

static int create_label(struct forge *f, const char *name, int64_t *ret_id, struct err *err)
{
    json_t *doc = json_pack("{s:s, s:s}", "name", name, "color", new_label_color);
    const struct send what = { "POST", forge_path(f, "/labels"), EFFECT_ONCE };
    int rc;

    if (!doc) {
        free(what.path);
        return err_set(err, ERR_PARSE, "text for the forge is not UTF-8");
    }
    rc = forge_send(f, &what, doc, ret_id, err);
    if (rc == 0)
        keep_label(f->labels, *ret_id, name);
    return rc;
}

static bool has_label(const json_t *labels, int64_t id)
{
    size_t i;
    json_t *item;

    json_array_foreach(labels, i, item)
    {
        if (json_integer_value(json_object_get(item, "id")) == id)
            return true;
    }
    return false;
}

/* The answer is the set that stands now; a label that is gone meanwhile is not in it. */
static int set_label(struct forge *f, int64_t number, int64_t id, struct err *err)
{
    json_t *doc = json_pack("{s:[I]}", "labels", (json_int_t)id);
    const struct send what = { "POST", forge_path(f, "/issues/%" PRId64 "/labels", number),
                               EFFECT_IDEMPOTENT };
    json_t *standing = NULL;
    int rc = forge_send_for(f, &what, doc, &standing, err);

    if (rc == 0 && !has_label(standing, id))
        rc = err_set(err, ERR_CONFLICT, "the forge took label %" PRId64 " and did not set it",
                     id);
    json_decref(standing);
    return rc;
}

int gitea_add_label(struct forge *f, int64_t number, const char *label, struct err *err)
{
    int64_t id = 0;
    int rc = read_labels(f, err);

    if (rc < 0)
        return rc;
    id = find_label(f->labels, label);
    if (id == 0)
        rc = create_label(f, label, &id, err);
    if (rc == 0)
        rc = set_label(f, number, id, err);
    if (rc < 0)
        forget_labels(f); /* what we know of them may be why */
    return rc;
}

/* One that is not there (any more) is removed already. */
int gitea_remove_label(struct forge *f, int64_t number, const char *label, struct err *err)
{
    struct label_ids *standing = xcalloc(1, sizeof(*standing));
    int rc = forge_each_item(f, forge_path(f, "/issues/%" PRId64 "/labels", number), "labels",
                             take_label, standing, err);

    for (size_t i = 0; rc == 0 && i < standing->n; i++) {
        if (!text_equal_ignoring_case(standing->items[i].name, label))
            continue;
        const struct send what = { "DELETE",
                                   forge_path(f, "/issues/%" PRId64 "/labels/%" PRId64, number,
                                              standing->items[i].id),
                                   EFFECT_IDEMPOTENT };
        rc = forge_send(f, &what, NULL, NULL, err);
        rc = rc == -ERR_NOTFOUND ? 0 : rc;
    }
    label_ids_free(standing);
    return rc;
}

/* Roles ----------------------------------------------------------------------------------- */

int gitea_role_unseen(struct forge *f, const char *login, enum forge_role *ret, struct err *err)
{
    struct transport_reply reply;

    if (text_equal_ignoring_case(login, f->owner)) {
        *ret = FORGE_ROLE_ADMIN;
        return 0;
    }
    int rc = forge_get_named(f, "/collaborators/", login, "", &reply, err);
    if (rc < 0 && rc != -ERR_NOTFOUND && rc != -ERR_DENIED)
        return rc;
    *ret = rc == 0 ? FORGE_ROLE_READ : FORGE_ROLE_NONE;
    if (rc == 0)
        transport_reply_finish(&reply);
    return 0;
}

/* Files of releases ----------------------------------------------------------------------- */

/* The server's own downloads lie outside of its API: beside it, at the same root. */
static bool is_own_download(const struct forge *f, const struct http_url *where)
{
    size_t api_len = text_has_suffix(f->base, "/api/v1") ? strlen("/api/v1") : 0;
    struct buf root;

    buf_init(&root, 4000);
    buf_printf(&root, "%.*s", (int)(strlen(f->base) - api_len), f->base);
    size_t root_len = root.len;
    buf_add_str(&root, "/attachments/");
    bool is = text_has_prefix(where->path, root.data);
    buf_truncate(&root, root_len);
    buf_printf(&root, "%s/releases/download/", f->repo + strlen("/repos"));
    is = (is || text_has_prefix(where->path, root.data)) && link_is_plain(where->path);
    buf_finish(&root);
    return is && strcmp(where->origin, f->origin) == 0;
}

/* The token goes along to the server's own downloads, and nowhere else. */
static int download(struct forge *f, const char *url, struct buf *out, struct err *err)
{
    struct transport_reply reply;
    struct http_url where;

    int rc = http_url_parse(&where, url, err);
    if (rc < 0)
        return err_wrap(err, -ERR_FORGE, "where the file lies");
    bool is_own = is_own_download(f, &where);
    const struct transport_request req = {
        .method = "GET",
        .place = is_own ? PLACE_ORIGIN : PLACE_ABROAD,
        .path = is_own ? where.path : url,
        .effect = EFFECT_READ_LAX,
        .accept = "application/octet-stream",
    };
    rc = transport_send(f->transport, &req, &reply, err);
    if (rc < 0)
        return rc;
    buf_add(out, reply.body.data, reply.body.len);
    rc = buf_check(out, "file of a release", err);
    transport_reply_finish(&reply);
    return rc;
}

int gitea_read_asset(struct forge *f, const char *path, struct buf *out, struct err *err)
{
    struct transport_reply reply;
    struct json_reader r;

    int rc = forge_get_path(f, xstrdup(path), &reply, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, "asset");
    const char *url = json_str(&r, reply.doc, "browser_download_url", JSON_REQUIRED);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        rc = download(f, url, out, err);
    transport_reply_finish(&reply);
    return rc;
}
