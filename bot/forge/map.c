/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/text.h"

/* Accounts that are none: GitHub shows `ghost` in place of deleted ones, Gitea `Ghost`. */
static const char ghost_login[] = "ghost";

/* Programs that bear no mark of it. */
static const char *const bot_logins[] = { "gitea-actions", "forgejo-actions" };

int64_t map_id(struct json_reader *r, const json_t *obj)
{
    return json_i64(r, obj, "id", 1, INT64_MAX);
}

static bool is_bot_login(const char *login)
{
    for (size_t i = 0; i < sizeof(bot_logins) / sizeof(bot_logins[0]); i++)
        if (text_equal_ignoring_case(bot_logins[i], login))
            return true;
    return text_has_suffix(login, "[bot]");
}

static void map_account(struct json_reader *r, const json_t *user, struct forge_user *ret)
{
    const char *type = json_str(r, user, "type", JSON_OPTIONAL);

    ret->login = json_str(r, user, "login", JSON_OPTIONAL);
    ret->id = json_i64_or(r, user, "id", INT64_MIN, INT64_MAX, 0);
    ret->is_bot = strcmp(type, "Bot") == 0 || is_bot_login(ret->login);
    if (ret->id < 0 || ret->login[0] == '\0' ||
        text_equal_ignoring_case(ret->login, ghost_login))
        ret->id = 0;
}

void map_user(struct json_reader *r, const json_t *obj, const char *key, struct forge_user *ret)
{
    const json_t *user = json_obj(r, obj, key, JSON_OPTIONAL);
    size_t mark = json_enter(r, key);

    *ret = (struct forge_user){ .login = "" };
    if (user)
        map_account(r, user, ret);
    json_leave(r, mark);
}

void map_me(struct json_reader *r, const json_t *obj, struct forge_user *ret)
{
    (void)map_id(r, obj);
    (void)json_str(r, obj, "login", JSON_REQUIRED);
    map_account(r, obj, ret);
}

/* GitHub counts open pull requests among the issues, Gitea beside them. */
static int64_t count_open(struct json_reader *r, const json_t *obj)
{
    return json_i64_or(r, obj, "open_issues_count", 0, INT32_MAX, 0) +
           json_i64_or(r, obj, "open_pr_counter", 0, INT32_MAX, 0);
}

void map_repo(struct json_reader *r, const json_t *obj, struct forge_repo *ret)
{
    *ret = (struct forge_repo){
        .id = map_id(r, obj),
        .name = json_str(r, obj, "name", JSON_REQUIRED),
        .default_branch = json_str(r, obj, "default_branch", JSON_REQUIRED),
        .clone_url = json_str(r, obj, "clone_url", JSON_OPTIONAL),
        .head_sha = "",
        .is_archived = json_bool_or(r, obj, "archived", false),
        .has_issues = json_bool_or(r, obj, "has_issues", true),
        .n_open = count_open(r, obj),
    };
    const json_t *owner = json_obj(r, obj, "owner", JSON_REQUIRED);
    size_t mark = json_enter(r, "owner");
    ret->owner = json_str(r, owner, "login", JSON_REQUIRED);
    json_leave(r, mark);

    const json_t *may = json_obj(r, obj, "permissions", JSON_OPTIONAL);
    mark = json_enter(r, "permissions");
    ret->may_push = json_bool_or(r, may, "push", false);
    ret->may_triage = json_bool_or(r, may, "triage", ret->may_push);
    ret->may_see_roles = json_bool_or(r, may, "admin", false);
    json_leave(r, mark);
}

/* Objects with a name, or (in old issues) plain strings. */
static const char *name_of_label(struct json_reader *r, const json_t *label)
{
    if (json_is_string(label))
        return json_string_value(label);
    if (json_is_object(label))
        return json_str(r, label, "name", JSON_OPTIONAL);
    if (label && !json_is_null(label))
        json_fail(r, "", ERR_PARSE, "expected a label");
    return "";
}

void map_labels(struct json_reader *r, const json_t *obj, struct forge_thread *ret)
{
    const json_t *labels = json_arr(r, obj, "labels", JSON_OPTIONAL);
    size_t n = json_array_size(labels), mark = json_enter(r, "labels");

    ret->labels = n > 0 ? xcalloc(n, sizeof(*ret->labels)) : NULL;
    ret->n_labels = 0;
    for (size_t i = 0; i < n; i++) {
        size_t item = json_enter_item(r, i);
        const char *name = name_of_label(r, json_array_get(labels, i));
        if (name[0])
            ret->labels[ret->n_labels++] = name;
        json_leave(r, item);
    }
    json_leave(r, mark);
}

bool map_is_open(struct json_reader *r, const json_t *obj)
{
    const char *state = json_str(r, obj, "state", JSON_REQUIRED);
    bool is_open = strcmp(state, "open") == 0;

    if (!is_open && strcmp(state, "closed") != 0)
        json_fail(r, "state", ERR_PARSE, "expected open or closed, got '%.40s'", state);
    return is_open;
}

int64_t map_url_number(struct json_reader *r, const json_t *obj, const char *key)
{
    const char *url = json_str(r, obj, key, JSON_REQUIRED), *slash = strrchr(url, '/');
    int64_t number = 0;

    if (parse_i64(&number, slash ? slash + 1 : url, 1, INT64_MAX, key, NULL) < 0)
        json_fail(r, key, ERR_PARSE, "no number at the end of '%.100s'", url);
    return number;
}

const char *map_label_name(struct json_reader *r, const json_t *obj)
{
    const json_t *label = json_obj(r, obj, "label", JSON_OPTIONAL);
    size_t mark = json_enter(r, "label");
    const char *name = json_str(r, label, "name", JSON_OPTIONAL);

    json_leave(r, mark);
    return name;
}

const char *map_word(const struct map_word *table, size_t n, const char *theirs)
{
    for (size_t i = 0; i < n; i++)
        if (text_equal_ignoring_case(theirs, table[i].theirs))
            return table[i].ours;
    return NULL;
}

void map_pull(struct json_reader *r, const json_t *obj, struct forge_pull *ret)
{
    const json_t *head = json_obj(r, obj, "head", JSON_REQUIRED);
    const json_t *base = json_obj(r, obj, "base", JSON_REQUIRED);
    const char *parted = json_str(r, obj, "merge_base", JSON_OPTIONAL); /* Gitea says it */

    *ret = (struct forge_pull){
        .number = json_i64(r, obj, "number", 1, INT64_MAX),
        .merge_sha = json_str(r, obj, "merge_commit_sha", JSON_OPTIONAL),
        .is_open = map_is_open(r, obj),
        .is_merged = json_bool_or(r, obj, "merged", false),
        .merged_at = json_time(r, obj, "merged_at", JSON_OPTIONAL),
    };
    size_t mark = json_enter(r, "head");
    ret->head_sha = json_str(r, head, "sha", JSON_REQUIRED);
    json_leave(r, mark);
    mark = json_enter(r, "base");
    ret->base_ref = json_str(r, base, "ref", JSON_REQUIRED);
    ret->base_sha = json_str(r, base, "sha", JSON_REQUIRED);
    json_leave(r, mark);
    /* The base's own is on Gitea where the branch stands now, with what was merged since. */
    if (parted[0])
        ret->base_sha = parted;
    /* Until it is merged the field names a trial merge that means nothing to us. */
    if (!ret->is_merged)
        ret->merge_sha = "";
}

void map_status(struct json_reader *r, const json_t *obj, const char *state_key,
                struct forge_status *ret)
{
    struct forge_user creator;

    map_user(r, obj, "creator", &creator);
    *ret = (struct forge_status){
        .id = json_i64_or(r, obj, "id", 0, INT64_MAX, 0),
        .context = json_str(r, obj, "context", JSON_OPTIONAL),
        .state = json_str(r, obj, state_key, JSON_REQUIRED),
        .description = json_str(r, obj, "description", JSON_OPTIONAL),
        .creator_id = creator.id,
    };
}

/* Where a file has no state it is there: Gitea shows none that is not. */
static void map_asset(struct json_reader *r, const json_t *item, struct forge_asset *ret)
{
    *ret = (struct forge_asset){
        .id = map_id(r, item),
        .size = json_i64_or(r, item, "size", 0, INT64_MAX, 0),
        .name = json_str(r, item, "name", JSON_REQUIRED),
        .state = json_str(r, item, "state", JSON_OPTIONAL),
    };
    if (ret->state[0] == '\0')
        ret->state = "uploaded";
}

static void map_assets(struct json_reader *r, const json_t *obj, struct forge_release *ret)
{
    const json_t *items = json_arr(r, obj, "assets", JSON_OPTIONAL);
    size_t n = json_array_size(items), mark = json_enter(r, "assets");
    struct forge_asset *assets = n > 0 ? xcalloc(n, sizeof(*assets)) : NULL;

    for (size_t i = 0; i < n; i++) {
        size_t at = json_enter_item(r, i);
        map_asset(r, json_array_get(items, i), &assets[i]);
        json_leave(r, at);
    }
    json_leave(r, mark);
    ret->assets = assets;
    ret->n_assets = n;
}

void map_release(struct json_reader *r, const json_t *obj, struct forge_release *ret)
{
    *ret = (struct forge_release){
        .id = map_id(r, obj),
        .tag = json_str(r, obj, "tag_name", JSON_REQUIRED),
        .name = json_str(r, obj, "name", JSON_OPTIONAL),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .upload_url = json_str(r, obj, "upload_url", JSON_OPTIONAL),
        .is_draft = json_bool_or(r, obj, "draft", false),
    };
    map_user(r, obj, "author", &ret->author);
    map_assets(r, obj, ret);
}
