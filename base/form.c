/* SPDX-License-Identifier: Apache-2.0 */
#include "base/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parse.h"
#include "base/text.h"

static bool decode(char *s)
{
    for (char *c = s; *c; c++)
        if (*c == '+')
            *c = ' ';
    return text_url_decode(s);
}

static int add_field(struct form *form, const char *text, size_t len, struct err *err)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len;
    char *name = xstrndup(text, name_len);
    char *value = equals ? xstrndup(equals + 1, len - name_len - 1) : xstrdup("");

    form->fields = xrealloc_array(form->fields, form->n + 1, sizeof(*form->fields));
    form->fields[form->n++] = (struct form_field){ name, value };
    if (!decode(name) || !decode(value))
        return err_set(err, ERR_PARSE, "field '%.64s': a broken escape", name);
    if (text_has_suffix(name, "[]"))
        name[strlen(name) - 2] = '\0';
    return 0;
}

int form_parse(struct form *ret, const char *text, size_t len, size_t max_fields,
               struct err *err)
{
    const char *end = text + len;
    int rc = 0;

    *ret = (struct form){ 0 };
    if (len > 0 && memchr(text, '\0', len))
        return err_set(err, ERR_PARSE, "form: a NUL byte");
    while (rc == 0 && text < end) {
        const char *mark = memchr(text, '&', (size_t)(end - text));
        size_t n = (size_t)((mark ? mark : end) - text);

        if (n > 0 && ret->n == max_fields)
            return err_set(err, ERR_LIMIT, "form: more than %zu fields", max_fields);
        if (n > 0)
            rc = add_field(ret, text, n, err);
        text += mark ? n + 1 : n;
    }
    return rc;
}

void form_finish(struct form *form)
{
    for (size_t i = 0; i < form->n; i++) {
        free(form->fields[i].name);
        free(form->fields[i].value);
    }
    free(form->fields);
    *form = (struct form){ 0 };
}

const char *form_next(const struct form *form, const char *name, size_t *at)
{
    while (*at < form->n) {
        const struct form_field *field = &form->fields[(*at)++];

        if (strcmp(field->name, name) == 0)
            return field->value;
    }
    return NULL;
}

const char *form_get(const struct form *form, const char *name)
{
    size_t at = 0;

    return form_next(form, name, &at);
}

bool form_names(const struct form *form, const char *name, const char *value)
{
    const char *one;
    size_t at = 0;

    while ((one = form_next(form, name, &at)))
        if (strcmp(one, value) == 0)
            return true;
    return false;
}

bool form_is_true(const struct form *form, const char *name)
{
    const char *value = form_get(form, name);

    return value && (text_equal_ignoring_case(value, "true") || strcmp(value, "1") == 0);
}

int64_t form_number(const struct form *form, const char *name, int64_t max, int64_t fallback)
{
    const char *value = form_get(form, name);
    int64_t n = fallback;

    if (value && parse_i64(&n, value, 0, INT64_MAX, name, NULL) == 0 && n > max)
        n = max;
    return n;
}
