/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/github_map.h"

#include "bot/forge/map.h"

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
        .repo_url = json_str(r, obj, "repository_url", JSON_OPTIONAL),
    };
    map_user(r, obj, "user", &ret->author);
    map_labels(r, obj, ret);
    size_t mark = json_enter(r, "pull_request");
    ret->merged_at = json_time(r, pull, "merged_at", JSON_OPTIONAL);
    json_leave(r, mark);
}

static const struct map_word review_states[] = {
    { "APPROVED", "approved" },   { "CHANGES_REQUESTED", "changes_requested" },
    { "COMMENTED", "commented" }, { "DISMISSED", "dismissed" },
    { "PENDING", "pending" },
};

static const char *map_review_state(struct json_reader *r, const json_t *obj)
{
    const char *state = json_str(r, obj, "state", JSON_REQUIRED);
    const char *ours =
        map_word(review_states, sizeof(review_states) / sizeof(*review_states), state);

    if (!ours)
        json_fail(r, "state", ERR_PARSE, "unknown review state '%.40s'", state);
    return ours ? ours : "";
}

void github_map_entry(struct json_reader *r, const json_t *obj, enum forge_entry_kind kind,
                      struct forge_entry *ret)
{
    *ret = (struct forge_entry){
        .kind = kind,
        .id = map_id(r, obj),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .path = "",
        .review_state = "",
    };
    map_user(r, obj, "user", &ret->author);
    if (kind == FORGE_REVIEW) {
        ret->number = map_url_number(r, obj, "pull_request_url");
        ret->review_state = map_review_state(r, obj);
        ret->created_at = json_time(r, obj, "submitted_at", JSON_OPTIONAL);
        ret->updated_at = ret->created_at;
        return;
    }
    ret->created_at = json_time(r, obj, "created_at", JSON_REQUIRED);
    ret->updated_at = json_time(r, obj, "updated_at", JSON_REQUIRED);
    if (kind == FORGE_COMMENT) {
        ret->number = map_url_number(r, obj, "issue_url");
        return;
    }
    ret->number = map_url_number(r, obj, "pull_request_url");
    ret->path = json_str(r, obj, "path", JSON_OPTIONAL);
}

void github_map_event(struct json_reader *r, const json_t *obj, struct forge_event *ret)
{
    const json_t *issue = json_obj(r, obj, "issue", JSON_OPTIONAL);

    *ret = (struct forge_event){
        .id = map_id(r, obj),
        .kind = json_str(r, obj, "event", JSON_REQUIRED),
        .label = map_label_name(r, obj),
        .commit_sha = json_str(r, obj, "commit_id", JSON_OPTIONAL),
        .created_at = json_time(r, obj, "created_at", JSON_REQUIRED),
    };
    map_user(r, obj, "actor", &ret->actor);
    size_t mark = json_enter(r, "issue");
    ret->number = issue ? json_i64(r, issue, "number", 1, INT64_MAX) : 0;
    json_leave(r, mark);
}

/* A reviewer's moment has `user`, a commit neither; times differ likewise. */
void github_map_moment(struct json_reader *r, const json_t *obj, struct forge_moment *ret)
{
    *ret = (struct forge_moment){
        .kind = json_str(r, obj, "event", JSON_OPTIONAL),
        .label = map_label_name(r, obj),
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
    map_user(r, obj, json_object_get(obj, "actor") ? "actor" : "user", &ret->actor);
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
