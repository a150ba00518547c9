/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/github_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/text.h"

/* The account that GitHub shows in place of deleted ones. */
static const char ghost_login[] = "ghost";

static int64_t id_of(struct json_reader *r, const json_t *obj)
{
    return json_i64(r, obj, "id", 1, INT64_MAX);
}

static void map_account(struct json_reader *r, const json_t *user, struct forge_user *ret)
{
    const char *type = json_str(r, user, "type", JSON_OPTIONAL);

    ret->login = json_str(r, user, "login", JSON_OPTIONAL);
    ret->id = json_i64_or(r, user, "id", INT64_MIN, INT64_MAX, 0);
    ret->is_bot = strcmp(type, "Bot") == 0 || text_has_suffix(ret->login, "[bot]");
    if (ret->id < 0 || ret->login[0] == '\0' || strcmp(ret->login, ghost_login) == 0)
        ret->id = 0;
}

void github_map_user(struct json_reader *r, const json_t *obj, const char *key,
                     struct forge_user *ret)
{
    const json_t *user = json_obj(r, obj, key, JSON_OPTIONAL);
    size_t mark = json_enter(r, key);

    *ret = (struct forge_user){ .login = "" };
    if (user)
        map_account(r, user, ret);
    json_leave(r, mark);
}

void github_map_me(struct json_reader *r, const json_t *obj, struct forge_user *ret)
{
    (void)id_of(r, obj);
    (void)json_str(r, obj, "login", JSON_REQUIRED);
    map_account(r, obj, ret);
}

void github_map_repo(struct json_reader *r, const json_t *obj, struct forge_repo *ret)
{
    *ret = (struct forge_repo){
        .id = id_of(r, obj),
        .name = json_str(r, obj, "name", JSON_REQUIRED),
        .default_branch = json_str(r, obj, "default_branch", JSON_REQUIRED),
        .clone_url = json_str(r, obj, "clone_url", JSON_OPTIONAL),
        .head_sha = "",
        .is_archived = json_bool_or(r, obj, "archived", false),
        .n_open = json_i64_or(r, obj, "open_issues_count", 0, INT64_MAX, 0),
    };
    const json_t *owner = json_obj(r, obj, "owner", JSON_REQUIRED);
    size_t mark = json_enter(r, "owner");
    ret->owner = json_str(r, owner, "login", JSON_REQUIRED);
    json_leave(r, mark);

    const json_t *may = json_obj(r, obj, "permissions", JSON_OPTIONAL);
    mark = json_enter(r, "permissions");
    ret->may_push = json_bool_or(r, may, "push", false);
    ret->may_triage = json_bool_or(r, may, "triage", ret->may_push);
    json_leave(r, mark);
}

/* Objects with a name, or (in old issues) plain strings. */
static const char *label_name(struct json_reader *r, const json_t *label)
{
    if (json_is_string(label))
        return json_string_value(label);
    if (json_is_object(label))
        return json_str(r, label, "name", JSON_OPTIONAL);
    if (label && !json_is_null(label))
        json_fail(r, "", ERR_PARSE, "expected a label");
    return "";
}

static void map_labels(struct json_reader *r, const json_t *obj, struct forge_thread *ret)
{
    const json_t *labels = json_arr(r, obj, "labels", JSON_OPTIONAL);
    size_t n = json_array_size(labels), mark = json_enter(r, "labels");

    ret->labels = n > 0 ? xcalloc(n, sizeof(*ret->labels)) : NULL;
    ret->n_labels = 0;
    for (size_t i = 0; i < n; i++) {
        size_t item = json_enter_item(r, i);
        const char *name = label_name(r, json_array_get(labels, i));
        if (name[0])
            ret->labels[ret->n_labels++] = name;
        json_leave(r, item);
    }
    json_leave(r, mark);
}

static bool map_is_open(struct json_reader *r, const json_t *obj)
{
    const char *state = json_str(r, obj, "state", JSON_REQUIRED);
    bool is_open = strcmp(state, "open") == 0;

    if (!is_open && strcmp(state, "closed") != 0)
        json_fail(r, "state", ERR_PARSE, "expected open or closed, got '%.40s'", state);
    return is_open;
}

void github_map_thread(struct json_reader *r, const json_t *obj, struct forge_thread *ret)
{
    const json_t *pull = json_obj(r, obj, "pull_request", JSON_OPTIONAL);

    *ret = (struct forge_thread){
        .number = json_i64(r, obj, "number", 1, INT64_MAX),
        .is_pull = pull != NULL,
        .is_open = map_is_open(r, obj),
        .is_locked = json_bool_or(r, obj, "locked", false),
        .is_draft = json_bool_or(r, obj, "draft", false),
        .title = json_str(r, obj, "title", JSON_OPTIONAL),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .state_reason = json_str(r, obj, "state_reason", JSON_OPTIONAL),
        .n_comments = json_i64_or(r, obj, "comments", 0, INT64_MAX, 0),
        .created_at = json_time(r, obj, "created_at", JSON_REQUIRED),
        .updated_at = json_time(r, obj, "updated_at", JSON_REQUIRED),
        .closed_at = json_time(r, obj, "closed_at", JSON_OPTIONAL),
        .merged_at = json_time(r, pull, "merged_at", JSON_OPTIONAL),
        .repo_url = json_str(r, obj, "repository_url", JSON_OPTIONAL),
    };
    github_map_user(r, obj, "user", &ret->author);
    map_labels(r, obj, ret);
}

/* The thread's number stands at the end of a URL: ".../issues/12", ".../pulls/12". */
static int64_t number_of_url(struct json_reader *r, const json_t *obj, const char *key)
{
    const char *url = json_str(r, obj, key, JSON_REQUIRED), *slash = strrchr(url, '/');
    int64_t number = 0;

    if (parse_i64(&number, slash ? slash + 1 : url, 1, INT64_MAX, key, NULL) < 0)
        json_fail(r, key, ERR_PARSE, "no number at the end of '%.100s'", url);
    return number;
}

/* "APPROVED", "CHANGES_REQUESTED", ... */
static const struct {
    const char *theirs, *ours;
} review_states[] = {
    { "APPROVED", "approved" },   { "CHANGES_REQUESTED", "changes_requested" },
    { "COMMENTED", "commented" }, { "DISMISSED", "dismissed" },
    { "PENDING", "pending" },
};

static const char *map_review_state(struct json_reader *r, const json_t *obj)
{
    const char *state = json_str(r, obj, "state", JSON_REQUIRED);

    for (size_t i = 0; i < sizeof(review_states) / sizeof(review_states[0]); i++)
        if (text_equal_ignoring_case(state, review_states[i].theirs))
            return review_states[i].ours;
    json_fail(r, "state", ERR_PARSE, "unknown review state '%.40s'", state);
    return "";
}

void github_map_entry(struct json_reader *r, const json_t *obj, enum forge_entry_kind kind,
                      struct forge_entry *ret)
{
    *ret = (struct forge_entry){
        .kind = kind,
        .id = id_of(r, obj),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .path = "",
        .review_state = "",
    };
    github_map_user(r, obj, "user", &ret->author);
    if (kind == FORGE_REVIEW) {
        ret->number = number_of_url(r, obj, "pull_request_url");
        ret->review_state = map_review_state(r, obj);
        ret->created_at = json_time(r, obj, "submitted_at", JSON_OPTIONAL);
        ret->updated_at = ret->created_at;
        return;
    }
    ret->created_at = json_time(r, obj, "created_at", JSON_REQUIRED);
    ret->updated_at = json_time(r, obj, "updated_at", JSON_REQUIRED);
    if (kind == FORGE_COMMENT) {
        ret->number = number_of_url(r, obj, "issue_url");
        return;
    }
    ret->number = number_of_url(r, obj, "pull_request_url");
    ret->path = json_str(r, obj, "path", JSON_OPTIONAL);
}

static const char *label_of(struct json_reader *r, const json_t *obj)
{
    const json_t *label = json_obj(r, obj, "label", JSON_OPTIONAL);
    size_t mark = json_enter(r, "label");
    const char *name = json_str(r, label, "name", JSON_OPTIONAL);

    json_leave(r, mark);
    return name;
}

void github_map_event(struct json_reader *r, const json_t *obj, struct forge_event *ret)
{
    const json_t *issue = json_obj(r, obj, "issue", JSON_OPTIONAL);

    *ret = (struct forge_event){
        .id = id_of(r, obj),
        .kind = json_str(r, obj, "event", JSON_REQUIRED),
        .label = label_of(r, obj),
        .commit_sha = json_str(r, obj, "commit_id", JSON_OPTIONAL),
        .created_at = json_time(r, obj, "created_at", JSON_REQUIRED),
    };
    github_map_user(r, obj, "actor", &ret->actor);
    size_t mark = json_enter(r, "issue");
    ret->number = issue ? json_i64(r, issue, "number", 1, INT64_MAX) : 0;
    json_leave(r, mark);
}

void github_map_pull(struct json_reader *r, const json_t *obj, struct forge_pull *ret)
{
    const json_t *head = json_obj(r, obj, "head", JSON_REQUIRED);
    const json_t *base = json_obj(r, obj, "base", JSON_REQUIRED);

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
    /* Until it is merged the field names a trial merge that means nothing to us. */
    if (!ret->is_merged)
        ret->merge_sha = "";
}

/* A reviewer's moment has `user`, a commit neither; times differ likewise. */
void github_map_moment(struct json_reader *r, const json_t *obj, struct forge_moment *ret)
{
    *ret = (struct forge_moment){
        .kind = json_str(r, obj, "event", JSON_OPTIONAL),
        .label = label_of(r, obj),
        .sha = json_str(r, obj, "sha", JSON_OPTIONAL),
        .event_id = json_i64_or(r, obj, "id", INT64_MIN, INT64_MAX, 0),
        .created_at = json_time(r, obj, "created_at", JSON_OPTIONAL),
    };
    if (ret->sha[0] == '\0')
        ret->sha = json_str(r, obj, "commit_id", JSON_OPTIONAL);
    if (ret->created_at == 0)
        ret->created_at = json_time(r, obj, "submitted_at", JSON_OPTIONAL);
    if (ret->event_id < 0)
        ret->event_id = 0;
    github_map_user(r, obj, json_object_get(obj, "actor") ? "actor" : "user", &ret->actor);
}

void github_map_status(struct json_reader *r, const json_t *obj, struct forge_status *ret)
{
    struct forge_user creator;

    github_map_user(r, obj, "creator", &creator);
    *ret = (struct forge_status){
        .context = json_str(r, obj, "context", JSON_OPTIONAL),
        .state = json_str(r, obj, "state", JSON_REQUIRED),
        .description = json_str(r, obj, "description", JSON_OPTIONAL),
        .creator_id = creator.id,
    };
}

static void map_assets(struct json_reader *r, const json_t *obj, struct forge_release *ret)
{
    const json_t *items = json_arr(r, obj, "assets", JSON_OPTIONAL);
    size_t n = json_array_size(items), mark = json_enter(r, "assets");
    struct forge_asset *assets = n > 0 ? xcalloc(n, sizeof(*assets)) : NULL;

    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(items, i);
        size_t at = json_enter_item(r, i);
        assets[i] = (struct forge_asset){
            .id = id_of(r, item),
            .size = json_i64_or(r, item, "size", 0, INT64_MAX, 0),
            .name = json_str(r, item, "name", JSON_REQUIRED),
            .state = json_str(r, item, "state", JSON_OPTIONAL),
        };
        json_leave(r, at);
    }
    json_leave(r, mark);
    ret->assets = assets;
    ret->n_assets = n;
}

void github_map_release(struct json_reader *r, const json_t *obj, struct forge_release *ret)
{
    *ret = (struct forge_release){
        .id = id_of(r, obj),
        .tag = json_str(r, obj, "tag_name", JSON_REQUIRED),
        .name = json_str(r, obj, "name", JSON_OPTIONAL),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .upload_url = json_str(r, obj, "upload_url", JSON_OPTIONAL),
        .is_draft = json_bool_or(r, obj, "draft", false),
    };
    github_map_user(r, obj, "author", &ret->author);
    map_assets(r, obj, ret);
}

/* role_name tells triage and maintain apart; custom roles fall back to the old word. */
enum forge_role github_map_role(struct json_reader *r, const json_t *obj)
{
    const char *role = json_str(r, obj, "role_name", JSON_OPTIONAL);
    const char *permission = json_str(r, obj, "permission", JSON_OPTIONAL);
    enum forge_role ret;

    if (forge_role_parse(&ret, role, NULL) == 0)
        return ret;
    return forge_role_parse(&ret, permission, NULL) == 0 ? ret : FORGE_ROLE_NONE;
}
