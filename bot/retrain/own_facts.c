/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/own_facts.h"

#include "base/err.h"
#include "bot/bot.h"
#include "bot/marker.h"
#include "bot/retrain/facts.h"
#include "store/entry.h"

struct found {
    struct facts *facts;
    bool is_found;
};

static int take_facts(void *ctx, const struct own_comment *comment, struct err *err)
{
    struct found *found = ctx;
    json_t *doc = marker_facts(comment->body);

    (void)err; /* a marker that cannot be read is as good as none */
    found->is_found = doc && facts_from_json(found->facts, doc, NULL) == 0;
    json_decref(doc);
    return 0;
}

int own_facts_find(struct facts *ret, bool *ret_found, struct bot *bot, int64_t number,
                   struct err *err)
{
    struct found found = { .facts = ret };
    int rc =
        own_comment_find(bot->db, bot->repo_id, number, "retrain", take_facts, &found, err);

    *ret_found = found.is_found;
    return rc == -ERR_NOTFOUND ? 0 : rc;
}
