/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/stand.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "bot/bot.h"
#include "store/instance.h"
#include "store/sync_list.h"

enum { KEY_SIZE = 48, TEXT_MAX_BYTES = 1 << 16 };

static int add_list(void *ctx, const struct sync_list *s, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%s %d %lld %lld %lld %s\n", sync_list_label(s->name), (int)s->phase,
               (long long)s->since_at, (long long)s->newest_id, (long long)s->target_id,
               s->next_url);
    return 0;
}

static int name_stand(char out[SHA256_HEX_SIZE], struct bot *bot, struct err *err)
{
    struct buf text;

    buf_init(&text, TEXT_MAX_BYTES);
    buf_printf(&text, "%s\n", HEARTH_VERSION);
    int rc = sync_list_each(bot->db, bot->repo_id, add_list, &text, err);
    sha256_hex(out, text.data, text.len);
    buf_finish(&text);
    return rc;
}

static void name_key(char out[KEY_SIZE], const struct bot *bot)
{
    (void)snprintf(out, KEY_SIZE, "feedback_stand/%lld", (long long)bot->repo_id);
}

static int compare(void *ctx, const char *value, struct err *err)
{
    struct stand *stand = ctx;

    (void)err;
    stand->is_known = strcmp(stand->name, value) == 0;
    return 0;
}

int stand_read(struct stand *ret, struct bot *bot, struct err *err)
{
    char key[KEY_SIZE];
    int rc = name_stand(ret->name, bot, err);

    ret->is_known = false;
    name_key(key, bot);
    if (rc == 0)
        rc = instance_get(bot->db, key, compare, ret, err);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

int stand_keep(const struct stand *stand, struct bot *bot, struct err *err)
{
    char key[KEY_SIZE];

    name_key(key, bot);
    return instance_set(bot->db, key, stand->name, err);
}
