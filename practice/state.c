/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/state.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"

enum {
    FIRST_ID = 1001,
    STATE_MAX_BYTES = 256 << 20,
    GHOST_ID = 10137, /* as on GitHub */
};

static const int64_t max_id = (int64_t)1 << 53;

static const char *const table_names[N_TABLES] = {
    [THREADS] = "threads", [COMMENTS] = "comments",   [REVIEW_COMMENTS] = "review_comments",
    [REVIEWS] = "reviews", [REACTIONS] = "reactions", [EVENTS] = "events",
    [LABELS] = "labels",   [STATUSES] = "statuses",   [RELEASES] = "releases",
    [ASSETS] = "assets",
};

const char *row_str(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text ? text : "";
}

int64_t row_int(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

bool row_flag(const json_t *row, const char *key)
{
    return json_is_true(json_object_get(row, key));
}

bool row_has(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);

    return value && !json_is_null(value);
}

void row_set(json_t *row, const char *key, json_t *value)
{
    (void)json_object_set_new(row, key, value);
}

void row_set_str(json_t *row, const char *key, const char *text)
{
    row_set(row, key, text ? json_string(text) : json_null());
}

void state_init(struct state *s)
{
    s->doc = json_pack("{s:i, s:{}, s:{s:{s:i, s:s, s:s}}}", "next_id", FIRST_ID, "repo",
                       "users", "ghost", "id", GHOST_ID, "type", "User", "role", "none");
    for (int i = 0; i < N_TABLES; i++)
        row_set(s->doc, table_names[i], json_array());
}

void state_finish(struct state *s)
{
    if (!s)
        return;
    json_decref(s->doc);
    s->doc = NULL;
}

json_t *state_repo(const struct state *s)
{
    return json_object_get(s->doc, "repo");
}

bool state_hides(const struct state *s, const json_t *thread)
{
    return row_flag(state_repo(s), "issues_off") && !row_has(thread, "pull");
}

json_t *state_users(const struct state *s)
{
    return json_object_get(s->doc, "users");
}

json_t *state_table(const struct state *s, enum table table)
{
    return json_object_get(s->doc, table_names[table]);
}

/* The index of the first row whose id is not below id. */
static size_t place_of(const json_t *rows, int64_t id)
{
    size_t low = 0, high = json_array_size(rows);

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (row_int(json_array_get(rows, mid), "id") < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Where ids follow one another without gaps, as those of threads do, no search is needed. */
static json_t *row_in_line(const json_t *rows, int64_t id)
{
    int64_t place = id - row_int(json_array_get(rows, 0), "id");
    json_t *row = place >= 0 ? json_array_get(rows, (size_t)place) : NULL;

    return row && row_int(row, "id") == id ? row : NULL;
}

json_t *state_row(const struct state *s, enum table table, int64_t id)
{
    const json_t *rows = state_table(s, table);
    json_t *in_line = row_in_line(rows, id);

    if (in_line)
        return in_line;
    json_t *row = json_array_get(rows, place_of(rows, id));

    return row && row_int(row, "id") == id ? row : NULL;
}

json_t *state_user(const struct state *s, const char *login)
{
    return login ? json_object_get(state_users(s), login) : NULL;
}

int64_t state_next_id(struct state *s)
{
    int64_t id = row_int(s->doc, "next_id");

    row_set(s->doc, "next_id", json_integer(id + 1));
    return id;
}

json_t *state_add(struct state *s, enum table table, json_t *row)
{
    json_t *rows = state_table(s, table);

    if (!json_object_get(row, "id"))
        row_set(row, "id", json_integer(state_next_id(s)));
    int64_t id = row_int(row, "id");
    if (state_row(s, table, id)) {
        json_decref(row);
        return NULL;
    }
    if (table != THREADS && id >= row_int(s->doc, "next_id"))
        row_set(s->doc, "next_id", json_integer(id + 1));
    (void)json_array_insert_new(rows, place_of(rows, id), row);
    return row;
}

void state_remove(struct state *s, enum table table, int64_t id)
{
    json_t *rows = state_table(s, table);

    if (state_row(s, table, id))
        (void)json_array_remove(rows, place_of(rows, id));
}

const char *state_role(const struct state *s, const char *login)
{
    const json_t *user = state_user(s, login);

    return user ? row_str(user, "role") : "none";
}

json_t *state_set_user(struct state *s, const char *login, const char *role)
{
    json_t *user = state_user(s, login);

    if (!user) {
        user = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)state_next_id(s), "type",
                         text_has_suffix(login, "[bot]") ? "Bot" : "User", "role", "none");
        row_set(state_users(s), login, user);
    }
    if (role)
        row_set_str(user, "role", role);
    return user;
}

void state_write(const struct state *s, struct buf *out)
{
    json_write(out, s->doc, 1);
    buf_add_char(out, '\n');
}

int state_save(const struct state *s, const char *path, struct err *err)
{
    struct buf text;

    buf_init(&text, STATE_MAX_BYTES);
    state_write(s, &text);
    int rc = buf_check(&text, path, err);
    if (rc == 0)
        rc = fs_write(path, text.data, text.len, 0644, err);
    buf_finish(&text);
    return rc;
}

/* Rows are trusted by everything else here, so their shape is checked at the door. */
static int check_table(const json_t *rows, const char *name, const char *path, struct err *err)
{
    int64_t last = 0;

    if (!json_is_array(rows))
        return err_set(err, ERR_PARSE, "%s: %s: expected an array", path, name);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        int64_t id = row_int(json_array_get(rows, i), "id");

        if (id <= last)
            return err_set(err, ERR_PARSE, "%s: %s[%zu].id: ids must ascend", path, name, i);
        last = id;
    }
    return 0;
}

static int check_doc(const json_t *doc, const char *path, struct err *err)
{
    if (row_int(doc, "next_id") < FIRST_ID || row_int(doc, "next_id") > max_id)
        return err_set(err, ERR_PARSE, "%s: next_id: missing or out of bounds", path);
    if (!json_is_object(json_object_get(doc, "repo")) ||
        !json_is_object(json_object_get(doc, "users")))
        return err_set(err, ERR_PARSE, "%s: repo and users must be objects", path);
    for (int i = 0; i < N_TABLES; i++) {
        int rc = check_table(json_object_get(doc, table_names[i]), table_names[i], path, err);

        if (rc < 0)
            return rc;
    }
    return 0;
}

int state_open(struct state *s, const char *path, struct err *err)
{
    struct buf text;
    json_t *doc = NULL;

    buf_init(&text, STATE_MAX_BYTES);
    int rc = fs_read(&text, path, err);
    if (rc == 0)
        rc = json_parse(&doc, text.data, text.len, path, err);
    if (rc == 0)
        rc = check_doc(doc, path, err);
    buf_finish(&text);
    if (rc < 0) {
        json_decref(doc);
        return rc;
    }
    json_decref(s->doc);
    s->doc = doc;
    return 0;
}
