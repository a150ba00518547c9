/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/card_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/license/license.h"
#include "hub/web/card.h"

static void add(json_t *result, const char *list, char *message)
{
    json_t *text = json_string(message);

    (void)json_array_append_new(
        json_object_get(result, list),
        json_pack("{s:o}", "message", text ? text : json_string("not UTF-8")));
    free(message);
}

static void check_licence(json_t *result, const struct card *card, const char *id)
{
    const struct license *licence = license_find(id);
    const struct license *near = licence ? NULL : license_nearest(id);

    if (strcmp(id, "other") == 0) {
        if (!card_get(card, "license_name"))
            add(result, "warnings",
                xstrdup("license: other - say which in license_name and license_link"));
        return;
    }
    if (!licence)
        add(result, "errors",
            xasprintf("license: '%.64s' is no licence that is known here%s%s", id,
                      near ? "; did you mean " : "", near ? near->card : ""));
    else if (licence->terms & LICENSE_UNCLEAR)
        add(result, "warnings",
            xasprintf("license: '%s' does not say which one: name it", licence->card));
}

static void check_licences(json_t *result, const struct card *card)
{
    const char *one = card_get(card, "license");

    if (one) {
        check_licence(result, card, one);
        return;
    }
    for (size_t i = 0;; i++) {
        char *path = xasprintf("license[%zu]", i);
        const char *id = card_get(card, path);

        free(path);
        if (!id && i == 0)
            add(result, "warnings",
                xstrdup("no license is stated: nobody may use this without one"));
        if (!id)
            return;
        check_licence(result, card, id);
    }
}

json_t *card_check(const char *readme, size_t len)
{
    json_t *result = json_pack("{s:[],s:[]}", "errors", "warnings");
    struct err err = { 0 };
    struct card card;

    if (card_parse(&card, readme, len, &err) < 0)
        add(result, "errors", xstrdup(err.msg));
    else if (card.meta.n_values == 0)
        add(result, "warnings", xstrdup("the card has no metadata: no license is stated"));
    else
        check_licences(result, &card);
    card_finish(&card);
    return result;
}

const char *card_check_first(const json_t *result, const char *list)
{
    const json_t *first = json_array_get(json_object_get(result, list), 0);

    return json_string_value(json_object_get(first, "message"));
}
