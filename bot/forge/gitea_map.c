/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/gitea_map.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "bot/forge/map.h"

/* What was brought in from elsewhere belongs, for the server, to whoever brought it in: here to
 * nobody, under the name that it had. */
static void map_author(struct json_reader *r, const json_t *obj, struct forge_user *ret)
{
    const char *original = json_str(r, obj, "original_author", JSON_OPTIONAL);

    map_user(r, obj, "user", ret);
    if (original[0])
        *ret = (struct forge_user){ .login = original };
}

void gitea_map_thread(struct json_reader *r, const json_t *obj, struct forge_thread *ret)
{
    const json_t *pull = json_obj(r, obj, "pull_request", JSON_OPTIONAL);

    *ret = (struct forge_thread){
        .number = json_i64(r, obj, "number", 1, INT64_MAX),
        .is_pull = pull != NULL, /* a plain issue has the key too, with null */
        .is_open = map_is_open(r, obj),
        .is_locked = json_bool_or(r, obj, "is_locked", false),
        .title = json_str(r, obj, "title", JSON_OPTIONAL),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .state_reason = "",
        .n_comments = json_i64_or(r, obj, "comments", 0, INT64_MAX, 0),
        .created_at = json_time(r, obj, "created_at", JSON_REQUIRED),
        .updated_at = json_time(r, obj, "updated_at", JSON_REQUIRED),
        .closed_at = json_time(r, obj, "closed_at", JSON_OPTIONAL),
        .repo_url = "",
    };
    map_author(r, obj, &ret->author);
    map_labels(r, obj, ret);
    size_t mark = json_enter(r, "pull_request");
    ret->is_draft = json_bool_or(r, pull, "draft", false);
    ret->merged_at = json_time(r, pull, "merged_at", JSON_OPTIONAL);
    json_leave(r, mark);
}

static const struct map_word review_states[] = {
    { "APPROVED", "approved" },   { "REQUEST_CHANGES", "changes_requested" },
    { "COMMENT", "commented" },   { "PENDING", "pending" },
    { "DISMISSED", "dismissed" }, { "REQUEST_REVIEW", "requested" },
};

static const char *map_review_state(struct json_reader *r, const json_t *obj)
{
    const char *state = json_str(r, obj, "state", JSON_REQUIRED);
    const char *ours =
        map_word(review_states, sizeof(review_states) / sizeof(*review_states), state);

    if (json_bool_or(r, obj, "dismissed", false))
        return "dismissed";
    if (!ours)
        json_fail(r, "state", ERR_PARSE, "unknown review state '%.40s'", state);
    return ours ? ours : "";
}

/* One of the two is set, the other one empty. */
static int64_t thread_number(struct json_reader *r, const json_t *obj)
{
    bool is_pull = json_str(r, obj, "pull_request_url", JSON_OPTIONAL)[0] != '\0';

    return map_url_number(r, obj, is_pull ? "pull_request_url" : "issue_url");
}

void gitea_map_entry(struct json_reader *r, const json_t *obj, enum forge_entry_kind kind,
                     struct forge_entry *ret)
{
    *ret = (struct forge_entry){
        .kind = kind,
        .id = map_id(r, obj),
        .number = thread_number(r, obj),
        .body = json_str(r, obj, "body", JSON_OPTIONAL),
        .path = "",
        .review_state = "",
    };
    map_author(r, obj, &ret->author);
    if (kind == FORGE_REVIEW) {
        ret->review_state = map_review_state(r, obj);
        ret->n_lines = json_i64_or(r, obj, "comments_count", 0, INT64_MAX, 0);
        ret->created_at = json_time(r, obj, "submitted_at", JSON_OPTIONAL);
        ret->updated_at = ret->created_at;
        return;
    }
    ret->created_at = json_time(r, obj, "created_at", JSON_REQUIRED);
    ret->updated_at = json_time(r, obj, "updated_at", JSON_REQUIRED);
    if (kind == FORGE_REVIEW_COMMENT)
        ret->path = json_str(r, obj, "path", JSON_OPTIONAL);
}

/* Labels, milestones, assignees and pushes say in another field which of two it was. */
static const struct map_word moment_kinds[] = {
    { "assignees", "assigned" },
    { "change_target_branch", "base_ref_changed" },
    { "change_title", "renamed" },
    { "close", "closed" },
    { "comment", "commented" },
    { "comment_ref", "cross-referenced" },
    { "commit_ref", "referenced" },
    { "delete_branch", "head_ref_deleted" },
    { "dismiss_review", "review_dismissed" },
    { "issue_ref", "cross-referenced" },
    { "label", "labeled" },
    { "lock", "locked" },
    { "merge_pull", "merged" },
    { "milestone", "milestoned" },
    { "pin", "pinned" },
    { "pull_push", "committed" },
    { "pull_ref", "cross-referenced" },
    { "reopen", "reopened" },
    { "review", "reviewed" },
    { "review_request", "review_requested" },
    { "unlock", "unlocked" },
    { "unpin", "unpinned" },
};

/* A label's "1" stands for added, nothing for removed; a push holds JSON of its own, written
 * without blanks. */
static const char *moment_kind(struct json_reader *r, const json_t *obj)
{
    const char *type = json_str(r, obj, "type", JSON_OPTIONAL);
    const char *body = json_str(r, obj, "body", JSON_OPTIONAL);
    const char *kind =
        map_word(moment_kinds, sizeof(moment_kinds) / sizeof(*moment_kinds), type);

    if (!kind)
        return type;
    if (strcmp(type, "label") == 0 && strcmp(body, "1") != 0)
        return "unlabeled";
    if (strcmp(type, "milestone") == 0 && !json_obj(r, obj, "milestone", JSON_OPTIONAL))
        return "demilestoned";
    if (strcmp(type, "assignees") == 0 && json_bool_or(r, obj, "removed_assignee", false))
        return "unassigned";
    if (strcmp(type, "pull_push") == 0 && strstr(body, "\"is_force_push\":true"))
        return "head_ref_force_pushed";
    return kind;
}

/* {"is_force_push":false,"commit_ids":["a...","b..."]}, the newest one last. */
static void take_head(char ret[FORGE_SHA_SIZE], const char *push)
{
    size_t len = strlen(push), n = 0;

    if (!text_has_suffix(push, "\"]}"))
        return;
    len -= strlen("\"]}");
    while (n < len && strchr("0123456789abcdef", push[len - n - 1]))
        n++;
    if (n >= 40 && n < FORGE_SHA_SIZE)
        (void)snprintf(ret, FORGE_SHA_SIZE, "%.*s", (int)n, push + len - n);
}

void gitea_map_moment(struct json_reader *r, const json_t *obj, struct forge_moment *ret)
{
    *ret = (struct forge_moment){
        .kind = moment_kind(r, obj),
        .label = map_label_name(r, obj),
        .sha = json_str(r, obj, "ref_commit_sha", JSON_OPTIONAL),
        .event_id = json_i64_or(r, obj, "id", INT64_MIN, INT64_MAX, 0),
        .created_at = json_time(r, obj, "created_at", JSON_OPTIONAL),
    };
    if (ret->event_id < 0)
        ret->event_id = 0;
    if (strcmp(json_str(r, obj, "type", JSON_OPTIONAL), "pull_push") == 0)
        take_head(ret->head, json_str(r, obj, "body", JSON_OPTIONAL));
    map_user(r, obj, "user", &ret->actor);
}

/* Without triage and maintain, and with owners above the admins. */
enum forge_role gitea_map_role(struct json_reader *r, const json_t *obj)
{
    const char *permission = json_str(r, obj, "permission", JSON_OPTIONAL);
    enum forge_role ret;

    if (strcmp(permission, "owner") == 0)
        return FORGE_ROLE_ADMIN;
    return forge_role_parse(&ret, permission, NULL) == 0 ? ret : FORGE_ROLE_NONE;
}
