/* SPDX-License-Identifier: Apache-2.0
 * base/form.h
 * form: the fields of a query or of an application/x-www-form-urlencoded body.
 * A name may stand several times; "name[]" counts as "name". Owns its strings. */
#ifndef BASE_FORM_H
#define BASE_FORM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct form_field {
    char *name, *value;
};
struct form {
    struct form_field *fields; /* in their order */
    size_t n;
};

/* Decodes '+' and %XX. -ERR_PARSE for a broken escape or a NUL; -ERR_LIMIT past max_fields.
 * *ret needs form_finish() in every case. */
int form_parse(struct form *ret, const char *text, size_t len, size_t max_fields,
               struct err *err);
void form_finish(struct form *form);

/* The first value of that name, or NULL. Borrowed. */
const char *form_get(const struct form *form, const char *name);

/* The next value of that name at or behind *at, which moves past it; NULL at the end. */
const char *form_next(const struct form *form, const char *name, size_t *at);

/* Whether one of the values of that name is this one. */
bool form_names(const struct form *form, const char *name, const char *value);

/* "true", "True" or "1". */
bool form_is_true(const struct form *form, const char *name);

/* The first value of that name as a number, cut at max; fallback where there is none. */
int64_t form_number(const struct form *form, const char *name, int64_t max, int64_t fallback);

#endif
