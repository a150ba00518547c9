/* SPDX-License-Identifier: Apache-2.0
 * base/json.h
 * json: jansson with limits, and getters whose errors name the path.
 * A reader remembers the first thing that was wrong and where; after it, getters return
 * defaults. So a mapper reads its fields line by line and checks once, at the end:
 *
 *     struct json_reader r;
 *     json_reader_init(&r, "issue");
 *     t->number = json_i64(&r, obj, "number", 1, INT64_MAX);
 *     t->title = json_str(&r, obj, "title", JSON_REQUIRED);
 *     return json_reader_check(&r, err);          "issue.number: expected an integer"
 *
 * Strings and values it returns are borrowed from the document. */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/err.h"

struct buf;

struct json_reader {
    struct err first; /* code 0 while all is well */
    char path[192];   /* where the reader stands: "issues[3].user" */
};

enum json_need {
    JSON_REQUIRED,
    JSON_OPTIONAL
}; /* optional: absent and null give the default */

/* Parses exactly one document. Refuses more than JSON_MAX_DEPTH levels, duplicate keys, invalid
 * UTF-8, NUL in strings. what names the source in errors. *ret is the caller's: json_decref. */
int json_parse(json_t **ret, const char *text, size_t len, const char *what, struct err *err);
enum { JSON_MAX_DEPTH = 64 };

/* In place, before parsing what strangers wrote: each escaped NUL becomes U+FFFD, which takes
 * as many bytes, so that one of them does not make the whole document unreadable. */
void json_replace_nul(char *text, size_t len);

void json_reader_init(struct json_reader *r, const char *path);
int json_reader_check(const struct json_reader *r, struct err *err);

/* Steps into a field or an item for messages; json_leave() undoes the last step. The returned
 * length is what json_leave() wants back. */
size_t json_enter(struct json_reader *r, const char *key);
size_t json_enter_item(struct json_reader *r, size_t index);
void json_leave(struct json_reader *r, size_t mark);

int64_t json_i64(struct json_reader *r, const json_t *obj, const char *key, int64_t min,
                 int64_t max);
int64_t json_i64_or(struct json_reader *r, const json_t *obj, const char *key, int64_t min,
                    int64_t max, int64_t fallback);
double json_f64_or(struct json_reader *r, const json_t *obj, const char *key, double fallback);
bool json_bool_or(struct json_reader *r, const json_t *obj, const char *key, bool fallback);

/* Optional and absent or null: "". */
const char *json_str(struct json_reader *r, const json_t *obj, const char *key,
                     enum json_need need);

/* RFC 3339 to unix seconds; optional and absent or null: 0. */
int64_t json_time(struct json_reader *r, const json_t *obj, const char *key,
                  enum json_need need);

/* Optional and absent or null: NULL (json_array_size(NULL) is 0, getters accept NULL). */
const json_t *json_obj(struct json_reader *r, const json_t *obj, const char *key,
                       enum json_need need);
const json_t *json_arr(struct json_reader *r, const json_t *obj, const char *key,
                       enum json_need need);

/* json_arr() of at most so many items. */
const json_t *json_list(struct json_reader *r, const json_t *obj, const char *key,
                        enum json_need need, size_t max);

/* Records an error of the caller's own at path.key, unless there is one already. */
void json_fail(struct json_reader *r, const char *key, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends doc, keys sorted: the same value gives the same bytes. indent 0 is one line. */
void json_write(struct buf *out, const json_t *doc, size_t indent);
/* Appends doc on one line, members in the order in which they were set. */
void json_write_as_is(struct buf *out, const json_t *doc);

/* A string of what need not be UTF-8, as names of files are: other bytes become '?'. New
 * reference. */
json_t *json_any_text(const char *s);

#endif
