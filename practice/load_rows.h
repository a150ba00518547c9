/* SPDX-License-Identifier: Apache-2.0
 * practice/load_rows.h
 * load_rows: API objects of a --load file turned into rows of the state.
 * What is wrong goes into the reader, with its path; a row comes back in any case. */
#ifndef PRACTICE_LOAD_ROWS_H
#define PRACTICE_LOAD_ROWS_H
#include "base/json.h"
#include "practice/forge.h"

struct load {
    struct forge *f;
    struct json_reader r;
};

/* The login of an embedded user, who is added to the state; NULL where the user is null. */
const char *load_login(struct load *l, const json_t *obj, const char *key);

/* Names become folders and parts of URLs. */
void load_check_name(struct load *l, const char *key, const char *name);

enum load_missing { LOAD_NOW, LOAD_NULL };
void load_time(struct load *l, json_t *row, const json_t *obj, const char *key,
               enum load_missing missing);
void load_id(struct load *l, json_t *row, const json_t *obj); /* the object's, if it has one */

json_t *load_sums(struct load *l, const json_t *obj); /* of its reactions */
json_t *load_thread_row(struct load *l, const json_t *issue);
json_t *load_pull_row(struct load *l, const json_t *pull);
json_t *load_event_row(struct load *l, const json_t *event);

/* A comment of either kind; url_key: the field whose last segment is the thread's number. */
json_t *load_entry_row(struct load *l, const json_t *comment, const char *url_key);

#endif
