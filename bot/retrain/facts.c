/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

void facts_finish(struct facts *facts)
{
    if (!facts)
        return;
    free(facts->with);
    *facts = (struct facts){ 0 };
}

json_t *facts_to_json(const struct facts *facts)
{
    json_t *with = json_array();

    for (size_t i = 0; i < facts->n_with; i++)
        (void)json_array_append_new(
            with, json_pack("[Is]", (json_int_t)facts->with[i].number, facts->with[i].sha));
    return json_pack("{ss, sI, ss, ss, ss, ss, ss, so, sI}", "sha", facts->sha, "event",
                     (json_int_t)facts->event_id, "author", facts->author, "actor",
                     facts->actor, "role", facts->role, "answer", facts->answer, "champion",
                     facts->champion, "with", with, "before", (json_int_t)facts->n_with_before);
}

/* Copies a string that must fit; what does not is damage, never cut. */
static void take_any(struct json_reader *r, const json_t *doc, const char *key, char *to,
                     size_t size)
{
    const char *text = json_str(r, doc, key, JSON_OPTIONAL);

    if (strlen(text) >= size)
        json_fail(r, key, ERR_LIMIT, "longer than %zu bytes", size - 1);
    else
        (void)snprintf(to, size, "%s", text);
}

static void take(struct json_reader *r, const json_t *doc, const char *key, char *to,
                 size_t size)
{
    (void)json_str(r, doc, key, JSON_REQUIRED);
    take_any(r, doc, key, to, size);
}

static void take_with(struct json_reader *r, const json_t *doc, struct facts *facts)
{
    const json_t *with = json_arr(r, doc, "with", JSON_REQUIRED);
    size_t n = json_array_size(with);

    if (n > FACTS_MAX_WITH) {
        json_fail(r, "with", ERR_LIMIT, "more than %d contributions", FACTS_MAX_WITH);
        return;
    }
    facts->with = xcalloc(n, sizeof(*facts->with));
    facts->n_with = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(with, i);
        const char *sha = json_string_value(json_array_get(item, 1));

        facts->with[i].number = json_integer_value(json_array_get(item, 0));
        if (facts->with[i].number < 1 || !sha || !hex_is(sha, GIT_HEX_SIZE - 1))
            json_fail(r, "with", ERR_PARSE, "item %zu is not [number, commit]", i);
        else
            (void)snprintf(facts->with[i].sha, GIT_HEX_SIZE, "%s", sha);
    }
}

int facts_from_json(struct facts *ret, const json_t *doc, struct err *err)
{
    struct facts facts = { 0 };
    struct json_reader r;

    json_reader_init(&r, "marker");
    take(&r, doc, "sha", facts.sha, sizeof(facts.sha));
    take_any(&r, doc, "author", facts.author, sizeof(facts.author)); /* not in older ones */
    take(&r, doc, "actor", facts.actor, sizeof(facts.actor));
    take(&r, doc, "role", facts.role, sizeof(facts.role));
    take(&r, doc, "answer", facts.answer, sizeof(facts.answer));
    take(&r, doc, "champion", facts.champion, sizeof(facts.champion));
    facts.event_id = json_i64(&r, doc, "event", 1, INT64_MAX);
    take_with(&r, doc, &facts);
    facts.n_with_before = (size_t)json_i64(&r, doc, "before", 0, (int64_t)facts.n_with);
    if (!hex_is(facts.sha, GIT_HEX_SIZE - 1))
        json_fail(&r, "sha", ERR_PARSE, "not a commit");

    int rc = json_reader_check(&r, err);
    if (rc < 0)
        facts_finish(&facts);
    else
        *ret = facts;
    return rc;
}
