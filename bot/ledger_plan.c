/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/ledger_kind.h"
#include "bot/marker.h"

enum { KEY_MAX = 200, JSON_MAX_BYTES = 1 << 20 };

static int check_item(const struct ledger_item *item, struct err *err)
{
    size_t len = strlen(item->key);

    if (len == 0 || len > KEY_MAX)
        return err_set(err, ERR_RANGE, "action key '%.40s': not 1 to %d bytes", item->key,
                       KEY_MAX);
    for (size_t i = 0; i < len; i++)
        if (!isgraph((unsigned char)item->key[i]))
            return err_set(err, ERR_PARSE, "action key '%s': a blank", item->key);
    if (!marker_is_rule(item->rule))
        return err_set(err, ERR_PARSE, "action %s: '%s' is no name of a rule", item->key,
                       item->rule);
    return 0;
}

static char *json_text(const json_t *doc)
{
    struct buf out;

    buf_init(&out, JSON_MAX_BYTES);
    json_write(&out, doc, 0);
    return buf_take(&out);
}

static json_t *pack_precondition(const struct ledger_item *item)
{
    json_t *doc = json_object();

    if (item->if_head_sha && item->if_head_sha[0])
        (void)json_object_set_new(doc, "head_sha", json_string(item->if_head_sha));
    if (item->if_label && item->if_label[0])
        (void)json_object_set_new(doc, "label", json_string(item->if_label));
    if (item->if_label_event > 0)
        (void)json_object_set_new(doc, "label_event", json_integer(item->if_label_event));
    return doc;
}

int ledger_plan(struct bot *bot, const struct ledger_item *item, enum action_plan_result *ret,
                struct err *err)
{
    enum action_plan_result result;
    json_t *body = NULL;
    int rc;

    if ((rc = check_item(item, err)) < 0 ||
        (rc = ledger_kind(item->kind)->pack(&body, bot, item, err)) < 0)
        return rc;
    json_t *precondition = pack_precondition(item);
    char *body_text = json_text(body);
    char *precondition_text = json_text(precondition);
    const struct action action = {
        .repo_id = bot->repo_id,
        .key = item->key,
        .kind = item->kind,
        .number = item->number,
        .rule = item->rule,
        .reason = item->reason ? item->reason : "",
        .body = body_text,
        .precondition = precondition_text,
        .caused_by = item->caused_by ? item->caused_by : "",
        .planned_at = clock_now(bot->clock),
    };
    rc = action_plan(bot->db, &action, ret ? ret : &result, err);
    free(precondition_text);
    free(body_text);
    json_decref(precondition);
    json_decref(body);
    return rc;
}
