/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recipe.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/parse.h"
#include "model/kernels.h"

enum kind {
    COUNT, /* uint64_t */
    REAL,  /* double */
    WORD,  /* unsigned, the place of a name in a table */
};

enum named { ALWAYS, UNLESS_ZERO };

struct field {
    const char *name;
    enum kind kind;
    enum named named;
    size_t offset; /* in struct recipe */
    int64_t min_count, max_count;
    double min, max;
    const char *(*word)(size_t i);
};

#define COUNT_AT(member) .kind = COUNT, .offset = offsetof(struct recipe, member)
#define REAL_AT(member)  .kind = REAL, .offset = offsetof(struct recipe, member)
#define WORD_AT(member)  .kind = WORD, .offset = offsetof(struct recipe, member)

static const struct field fields[] = {
    { "seed", COUNT_AT(seed), .max_count = INT64_MAX },
    { "epochs", COUNT_AT(epochs), .min_count = 1, .max_count = RECIPE_MAX_EPOCHS },
    { "batch", COUNT_AT(batch), .min_count = 1, .max_count = KERNEL_MAX_BATCH },
    { "learning_rate", REAL_AT(learning_rate), .min = 1e-9, .max = 10.0 },
    { "optimizer", WORD_AT(optimizer), .word = optimizer_name },
    { "schedule", WORD_AT(schedule), .named = UNLESS_ZERO, .word = schedule_name },
    { "weight_decay", REAL_AT(weight_decay), .named = UNLESS_ZERO, .max = 1.0 },
    { "momentum", REAL_AT(momentum), .named = UNLESS_ZERO, .max = 0.9999 },
    { "validation", REAL_AT(validation), .named = UNLESS_ZERO, .max = 0.5 },
    { "patience", COUNT_AT(patience), .named = UNLESS_ZERO, .max_count = RECIPE_MAX_EPOCHS },
    { "rotation", REAL_AT(augment.rotation), .named = UNLESS_ZERO, .max = 90.0 },
    { "slant", REAL_AT(augment.slant), .named = UNLESS_ZERO, .max = 1.0 },
    { "shift", REAL_AT(augment.shift), .named = UNLESS_ZERO, .max = 14.0 },
    { "scale", REAL_AT(augment.scale), .named = UNLESS_ZERO, .max = 0.9 },
    { "elastic", REAL_AT(augment.elastic), .named = UNLESS_ZERO, .max = 14.0 },
};

enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

/* A field's value, by kind. */
struct value {
    uint64_t count;
    double real;
    unsigned word;
};

static struct value get(const struct recipe *recipe, const struct field *f)
{
    const char *at = (const char *)recipe + f->offset;
    struct value v = { 0 };

    if (f->kind == COUNT)
        memcpy(&v.count, at, sizeof(v.count));
    else if (f->kind == REAL)
        memcpy(&v.real, at, sizeof(v.real));
    else
        memcpy(&v.word, at, sizeof(v.word));
    return v;
}

static void set(struct recipe *recipe, const struct field *f, struct value v)
{
    char *at = (char *)recipe + f->offset;

    if (f->kind == COUNT)
        memcpy(at, &v.count, sizeof(v.count));
    else if (f->kind == REAL)
        memcpy(at, &v.real, sizeof(v.real));
    else
        memcpy(at, &v.word, sizeof(v.word));
}

const char *recipe_field(size_t i)
{
    return i < N_FIELDS ? fields[i].name : NULL;
}

/* The shortest text that reads back as the same number. */
static void real_text(char out[RECIPE_MAX_TEXT], double real)
{
    for (int digits = 6; digits <= 17; digits++) {
        double back = 0.0;

        (void)snprintf(out, RECIPE_MAX_TEXT, "%.*g", digits, real);
        if (parse_f64(&back, out, real, real, "", NULL) == 0)
            return;
    }
}

void recipe_text(char out[RECIPE_MAX_TEXT], const struct recipe *recipe, size_t field)
{
    const struct field *f = &fields[field];
    struct value v = get(recipe, f);

    assert(field < N_FIELDS);
    if (f->kind == COUNT)
        (void)snprintf(out, RECIPE_MAX_TEXT, "%" PRIu64, v.count);
    else if (f->kind == REAL)
        real_text(out, v.real);
    else
        (void)snprintf(out, RECIPE_MAX_TEXT, "%s", f->word(v.word));
}

static int find_word(unsigned *ret, const struct field *f, const char *text, const char *what,
                     struct err *err)
{
    char names[160] = "";

    for (unsigned i = 0; f->word(i); i++) {
        size_t len = strlen(names);

        if (strcmp(f->word(i), text) == 0) {
            *ret = i;
            return 0;
        }
        (void)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "", f->word(i));
    }
    return err_set(err, ERR_RANGE, "%s: '%.40s' is none of %s", what, text, names);
}

int recipe_set(struct recipe *recipe, size_t field, const char *text, const char *what,
               struct err *err)
{
    const struct field *f = &fields[field];
    struct value v = { 0 };
    int64_t count = 0;
    int rc = 0;

    assert(field < N_FIELDS);
    if (f->kind == COUNT)
        rc = parse_i64(&count, text, f->min_count, f->max_count, what, err);
    else if (f->kind == REAL)
        rc = parse_f64(&v.real, text, f->min, f->max, what, err);
    else
        rc = find_word(&v.word, f, text, what, err);
    if (rc < 0)
        return rc;
    v.count = (uint64_t)count;
    set(recipe, f, v);
    return 0;
}

static bool is_in_bounds(const struct field *f, struct value v)
{
    if (f->kind == COUNT)
        return v.count >= (uint64_t)f->min_count && v.count <= (uint64_t)f->max_count;
    return f->kind == REAL ? v.real >= f->min && v.real <= f->max : f->word(v.word) != NULL;
}

bool recipe_is_named(const struct recipe *recipe, size_t field)
{
    const struct field *f = &fields[field];
    struct value v = get(recipe, f);

    if (!is_in_bounds(f, v)) /* a file that was read did not tell it */
        return false;
    return f->named == ALWAYS || v.count > 0 || v.real > 0.0 || v.word > 0;
}

int recipe_check(const struct recipe *recipe, struct err *err)
{
    for (size_t i = 0; i < N_FIELDS; i++) {
        const struct field *f = &fields[i];
        struct value v = get(recipe, f);

        if (is_in_bounds(f, v))
            continue;
        if (f->kind == COUNT)
            return err_set(err, ERR_RANGE, "%s: %" PRIu64 " is outside %" PRId64 "..%" PRId64,
                           f->name, v.count, f->min_count, f->max_count);
        return err_set(err, ERR_RANGE, "%s: %g is outside %g..%g", f->name, v.real, f->min,
                       f->max);
    }
    return 0;
}

json_t *recipe_json(const struct recipe *recipe)
{
    json_t *doc = json_object();

    for (size_t i = 0; i < N_FIELDS; i++) {
        struct value v = get(recipe, &fields[i]);
        json_t *value = NULL;

        if (fields[i].kind == COUNT)
            value = json_integer((json_int_t)v.count);
        else if (fields[i].kind == REAL)
            value = json_real(v.real);
        else
            value = json_string(fields[i].word(v.word));
        json_object_set_new(doc, fields[i].name, value);
    }
    return doc;
}
