/* SPDX-License-Identifier: Apache-2.0
 * The moves around reactions, reviews and statuses. */
#include "practice/moves.h"

#include <string.h>

/* The row that keeps the sums of the reactions: what they are on. */
static json_t *reacted_row(const struct forge *f, const char *on, int64_t to)
{
    enum table table = strcmp(on, "issue") == 0     ? THREADS
                       : strcmp(on, "comment") == 0 ? COMMENTS
                                                    : REVIEW_COMMENTS;

    return state_row(&f->state, table, to);
}

static void count_reaction(const struct forge *f, const json_t *reaction, int step)
{
    json_t *row = reacted_row(f, row_str(reaction, "on"), row_int(reaction, "to"));
    json_t *sums = json_object_get(row, "reactions");
    const char *content = row_str(reaction, "content");

    row_set(sums, content, json_integer(row_int(sums, content) + step));
}

bool is_reaction(const char *content)
{
    static const char *const contents[] = { "+1",       "-1",    "laugh",  "hooray",
                                            "confused", "heart", "rocket", "eyes" };

    for (size_t i = 0; content && i < sizeof(contents) / sizeof(contents[0]); i++) {
        if (strcmp(contents[i], content) == 0)
            return true;
    }
    return false;
}

json_t *move_react(struct forge *f, const char *who, const char *on, int64_t to,
                   const char *content, bool *ret_is_new)
{
    char now[RFC3339_SIZE];
    size_t i;
    json_t *row;

    *ret_is_new = false;
    json_array_foreach(state_table(&f->state, REACTIONS), i, row)
    {
        if (row_int(row, "to") == to && strcmp(row_str(row, "on"), on) == 0 &&
            strcmp(row_str(row, "user"), who) == 0 &&
            strcmp(row_str(row, "content"), content) == 0)
            return row;
    }
    *ret_is_new = true;
    row =
        state_add(&f->state, REACTIONS,
                  json_pack("{s:s, s:I, s:s, s:s, s:s}", "on", on, "to", (json_int_t)to, "user",
                            who, "content", content, "created_at", forge_now_text(f, now)));
    count_reaction(f, row, 1);
    return row;
}

void move_unreact(struct forge *f, json_t *reaction)
{
    count_reaction(f, reaction, -1);
    state_remove(&f->state, REACTIONS, row_int(reaction, "id"));
}

json_t *move_review(struct forge *f, const char *who, json_t *pull, const char *verdict,
                    const char *body)
{
    char now[RFC3339_SIZE];
    const json_t *code = json_object_get(pull, "pull");

    move_touch(f, pull);
    return state_add(&f->state, REVIEWS,
                     json_pack("{s:I, s:s?, s:s, s:s, s:s, s:s}", "thread",
                               (json_int_t)row_int(pull, "id"), "user", who, "state", verdict,
                               "body", body, "commit_id", row_str(code, "head_sha"),
                               "submitted_at", forge_now_text(f, now)));
}

json_t *move_review_comment(struct forge *f, const char *who, json_t *review, const char *path,
                            int64_t line, const char *body)
{
    char now[RFC3339_SIZE];
    json_t *pull = state_row(&f->state, THREADS, row_int(review, "thread"));

    (void)forge_now_text(f, now);
    move_touch(f, pull);
    return state_add(&f->state, REVIEW_COMMENTS,
                     json_pack("{s:O, s:O, s:s?, s:s, s:s, s:I, s:O, s:s, s:s, s:{}}", "thread",
                               json_object_get(review, "thread"), "review",
                               json_object_get(review, "id"), "user", who, "body", body, "path",
                               path, "line", (json_int_t)line, "commit_id",
                               json_object_get(review, "commit_id"), "created_at", now,
                               "updated_at", now, "reactions"));
}

json_t *move_status(struct forge *f, const char *who, const struct status_words *words)
{
    char now[RFC3339_SIZE];

    (void)forge_now_text(f, now);
    return state_add(&f->state, STATUSES,
                     json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:s, s:s}", "sha", words->sha,
                               "state", words->state, "context", words->context, "description",
                               words->description, "target_url", words->target_url, "creator",
                               who, "created_at", now, "updated_at", now));
}
