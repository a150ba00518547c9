/* SPDX-License-Identifier: Apache-2.0
 * hub/license/license.h
 * license: which licences there are, what they ask for, and what may go into what.
 * One table (table.c) knows every id of model cards and its SPDX id; the texts that releases
 * carry are inside the binary. It judges by id only: it reads no licence text and gives no
 * legal advice; what it does not know is refused, never guessed. */
#ifndef HUB_LICENSE_LICENSE_H
#define HUB_LICENSE_LICENSE_H
#include <stdbool.h>
#include <stddef.h>

struct err;

enum license_terms {
    LICENSE_ATTRIBUTION = 1 << 0,    /* name the authors, keep the notices */
    LICENSE_SHARE_ALIKE = 1 << 1,    /* what is made from it stays under it */
    LICENSE_NO_COMMERCE = 1 << 2,    /* not for commercial use */
    LICENSE_NO_DERIVATIVES = 1 << 3, /* nothing may be made from it */
    LICENSE_LIMITED_USE = 1 << 4,    /* some uses are forbidden */
    LICENSE_UNCLEAR = 1 << 5,        /* a family, or a word for "not known" */
};

struct license {
    const char *spdx; /* "CC-BY-4.0"; "LicenseRef-gemma" outside SPDX; "NOASSERTION" unclear */
    const char *card; /* the id in a model card's metadata: "cc-by-4.0" */
    const char *name;
    unsigned terms; /* enum license_terms, added up */
};

extern const struct license license_table[]; /* by card id; ends with a row of NULLs */

/* By SPDX or card id, in any case; deprecated SPDX ids ("GPL-3.0", "GPL-3.0+") too. Or NULL. */
const struct license *license_find(const char *id);

/* As SPDX writes it ("cc-by-4.0" is "CC-BY-4.0"); what is no known id stays as it is. */
const char *license_spelling(const char *id);

/* The same as license_find, or -ERR_NOTFOUND with the id that was perhaps meant. */
int license_get(const struct license **ret, const char *id, struct err *err);

/* The id that looks most like it, for "did you mean"; NULL when none does. */
const struct license *license_nearest(const char *id);

/* The whole text, borrowed for ever; NULL when it is not bundled. */
const char *license_text(const struct license *license, size_t *ret_len);

/* One word for a term ("attribution"), NULL when terms has not that single bit. */
const char *license_term_name(unsigned term);

/* An SPDX expression: ids with AND, OR, WITH, parentheses. accepts says whether an id will do;
 * an exception (WITH) only adds permission, so it is not asked about. *ret is the whole
 * expression's answer. -ERR_PARSE names the place. */
typedef bool license_accepts(void *ctx, const char *id);
int license_evaluate(bool *ret, const char *expression, license_accepts *accepts, void *ctx,
                     struct err *err);

/* May a contribution under this expression be taken, when these ids are allowed? 0, or
 * -ERR_REFUSED with a reason for its author: nothing stated, not understood, not allowed. */
int license_check_allowed(const char *expression, const char *const *allowed, size_t n_allowed,
                          struct err *err);

/* May data under this expression go into a model under that licence? 0, or -ERR_REFUSED with
 * the term that forbids it. */
int license_check_data(const char *expression, const struct license *model, struct err *err);

#endif
