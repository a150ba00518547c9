/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/license/license.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/text.h"

extern const struct embedded license_texts[]; /* written by tools/embed */

enum { MAX_ID = 64 };

/* Ids that ask for the same as one in the table: deprecated ones, and "or later". */
static const struct {
    const char *id, *same;
} aliases[] = {
    { "GPL-2.0+", "GPL-2.0-only" },   { "GPL-2.0-or-later", "GPL-2.0-only" },
    { "GPL-3.0+", "GPL-3.0-only" },   { "GPL-3.0-or-later", "GPL-3.0-only" },
    { "AGPL-3.0+", "AGPL-3.0-only" }, { "AGPL-3.0-or-later", "AGPL-3.0-only" },
    { "LGPL-2.1+", "LGPL-2.1-only" }, { "LGPL-2.1-or-later", "LGPL-2.1-only" },
    { "LGPL-3.0+", "LGPL-3.0-only" }, { "LGPL-3.0-or-later", "LGPL-3.0-only" },
};

static const struct license *find_exactly(const char *id)
{
    for (const struct license *l = license_table; l->spdx; l++) {
        if (text_equal_ignoring_case(l->card, id) || text_equal_ignoring_case(l->spdx, id))
            return l;
    }
    return NULL;
}

const struct license *license_find(const char *id)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (text_equal_ignoring_case(aliases[i].id, id))
            id = aliases[i].same;
    }
    return find_exactly(id);
}

const char *license_spelling(const char *id)
{
    const struct license *license = find_exactly(id);

    return license && license->terms != LICENSE_UNCLEAR ? license->spdx : id;
}

/* Without what people leave out: "apache2" is one letter from "apache20". */
static void squeeze(char out[MAX_ID], const char *id)
{
    size_t n = 0;

    for (; *id && n < MAX_ID - 1; id++)
        if (!strchr("-._ ", *id))
            out[n++] = (char)tolower((unsigned char)*id);
    out[n] = '\0';
}

static size_t squeezed_distance(const char *a, const char *b)
{
    char x[MAX_ID], y[MAX_ID];

    squeeze(x, a);
    squeeze(y, b);
    return text_distance(x, y);
}

const struct license *license_nearest(const char *id)
{
    const struct license *nearest = NULL;
    size_t best = strlen(id) / 3 + 1;

    if (strlen(id) >= MAX_ID) /* the distance of long texts takes long, and says nothing */
        return NULL;
    for (const struct license *l = license_table; l->spdx; l++) {
        size_t by_spdx = text_distance(id, l->spdx), by_card = text_distance(id, l->card);
        size_t by_letters = squeezed_distance(id, l->card);
        size_t distance = by_spdx < by_card ? by_spdx : by_card;

        if (by_letters < distance)
            distance = by_letters;
        if (distance < best) {
            best = distance;
            nearest = l;
        }
    }
    return nearest;
}

const char *license_text(const struct license *license, size_t *ret_len)
{
    char name[MAX_ID + sizeof(".txt")];

    (void)snprintf(name, sizeof(name), "%s.txt", license->spdx);
    for (const struct embedded *text = license_texts; text->name; text++) {
        if (strcmp(text->name, name) == 0) {
            *ret_len = text->len;
            return (const char *)text->data;
        }
    }
    return NULL;
}

const char *license_term_name(unsigned term)
{
    static const struct {
        unsigned term;
        const char *name;
    } names[] = {
        { LICENSE_ATTRIBUTION, "attribution" }, { LICENSE_SHARE_ALIKE, "share-alike" },
        { LICENSE_NO_COMMERCE, "no-commerce" }, { LICENSE_NO_DERIVATIVES, "no-derivatives" },
        { LICENSE_LIMITED_USE, "limited-use" }, { LICENSE_UNCLEAR, "unclear" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].term == term)
            return names[i].name;
    }
    return NULL;
}

int license_get(const struct license **ret, const char *id, struct err *err)
{
    const struct license *found = license_find(id), *nearest = NULL;

    if (found) {
        *ret = found;
        return 0;
    }
    nearest = license_nearest(id);
    if (!nearest)
        return err_set(err, ERR_NOTFOUND, "'%.60s' is no licence id that we know", id);
    return err_set(err, ERR_NOTFOUND, "'%.60s' is no licence id that we know; did you mean %s?",
                   id, nearest->terms & LICENSE_UNCLEAR ? nearest->card : nearest->spdx);
}

/* What asking about each id of an expression gathers. */
struct question {
    const struct license *model;
    const char *const *allowed;
    size_t n_allowed;
    char reason[400]; /* why the first id that failed did */
};

/* Looking for what was perhaps meant takes long: that is done for the first reason only. */
static bool is_known(struct question *q, const char *id, const struct license **ret)
{
    struct err why;

    if ((*ret = license_find(id)))
        return true;
    if (q->reason[0] == '\0' && license_get(ret, id, &why) < 0)
        (void)snprintf(q->reason, sizeof(q->reason), "%.199s", why.msg);
    return false;
}

static void tell_allowed(struct question *q, const char *id)
{
    struct buf text;

    buf_init(&text, sizeof(q->reason));
    buf_printf(&text, "%s is not among the licences taken here", id);
    for (size_t i = 0; i < q->n_allowed; i++)
        buf_printf(&text, "%s%s", i == 0 ? ": " : ", ", q->allowed[i]);
    (void)snprintf(q->reason, sizeof(q->reason), "%s", text.data);
    buf_finish(&text);
}

static bool is_allowed(void *ctx, const char *id)
{
    struct question *q = ctx;
    const struct license *license;

    if (!is_known(q, id, &license))
        return false;
    for (size_t i = 0; i < q->n_allowed; i++) {
        if (license_find(q->allowed[i]) == license)
            return true;
    }
    if (q->reason[0] == '\0')
        tell_allowed(q, license->spdx);
    return false;
}

/* The rows are asked in order; the first that applies refuses. */
static const struct {
    unsigned term;
    bool unless_same;  /* data under the model's own licence is fine */
    bool unless_model; /* so is a model that has the same term */
    const char *why;
} barriers[] = {
    { LICENSE_UNCLEAR, false, false, "does not say which licence it is" },
    { LICENSE_NO_DERIVATIVES, false, false, "forbids making anything from it" },
    { LICENSE_NO_COMMERCE, false, true, "forbids commercial use" },
    { LICENSE_LIMITED_USE, true, false, "forbids some uses" },
    { LICENSE_SHARE_ALIKE, true, false, "wants what is made from it under itself" },
};

static bool is_fit_for_model(void *ctx, const char *id)
{
    struct question *q = ctx;
    const struct license *license;

    if (!is_known(q, id, &license))
        return false;
    for (size_t i = 0; i < sizeof(barriers) / sizeof(barriers[0]); i++) {
        if (!(license->terms & barriers[i].term) ||
            (barriers[i].unless_same && license == q->model) ||
            (barriers[i].unless_model && q->model->terms & barriers[i].term))
            continue;
        if (q->reason[0] == '\0')
            (void)snprintf(q->reason, sizeof(q->reason), "%s %s; the model is under %s", id,
                           barriers[i].why, q->model->spdx);
        return false;
    }
    return true;
}

static int ask(const char *expression, license_accepts *accepts, struct question *q,
               struct err *err)
{
    struct err fault = { 0 };
    bool is_fine = false;

    if (!expression || expression[0] == '\0')
        return err_set(err, ERR_REFUSED, "no licence is stated");
    if (license_evaluate(&is_fine, expression, accepts, q, &fault) < 0)
        return err_set(err, ERR_REFUSED, "%s", fault.msg);
    if (!is_fine)
        return err_set(err, ERR_REFUSED, "%s", q->reason);
    return 0;
}

int license_check_allowed(const char *expression, const char *const *allowed, size_t n_allowed,
                          struct err *err)
{
    struct question q = { .allowed = allowed, .n_allowed = n_allowed };

    return ask(expression, is_allowed, &q, err);
}

int license_check_data(const char *expression, const struct license *model, struct err *err)
{
    struct question q = { .model = model };

    return ask(expression, is_fit_for_model, &q, err);
}
