/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "cli/cmd.h"

extern const struct cmd cmd_run, cmd_sync, cmd_plan, cmd_apply, cmd_status, cmd_log;
extern const struct cmd cmd_help;
extern const struct cmd cmd_contribute_check;
extern const struct cmd cmd_init, cmd_check;
extern const struct cmd cmd_db_migrate, cmd_db_status, cmd_db_backup, cmd_db_check, cmd_db_dump;
extern const struct cmd cmd_license_list, cmd_license_show, cmd_license_check;
extern const struct cmd cmd_practice;
extern const struct cmd cmd_serve;
extern const struct cmd cmd_hub_create, cmd_hub_list, cmd_hub_tag;
extern const struct cmd cmd_hub_upload, cmd_hub_download;
extern const struct cmd cmd_hub_org_list, cmd_hub_org_add, cmd_hub_org_remove;
extern const struct cmd cmd_hub_org_quota, cmd_hub_gc, cmd_hub_fsck;
extern const struct cmd cmd_token_create, cmd_token_list, cmd_token_revoke;
extern const struct cmd cmd_train, cmd_eval, cmd_predict, cmd_convert;
extern const struct cmd cmd_report, cmd_lineage;
extern const struct cmd cmd_feedback_list, cmd_feedback_show, cmd_feedback_search;
extern const struct cmd cmd_feedback_add, cmd_feedback_resolve;

/* One row per line. */
/* clang-format off */
const struct cmd *const commands[] = {
    &cmd_init,
    &cmd_check,
    &cmd_run,
    &cmd_sync,
    &cmd_plan,
    &cmd_apply,
    &cmd_status,
    &cmd_log,
    &cmd_feedback_list,
    &cmd_feedback_show,
    &cmd_feedback_search,
    &cmd_feedback_add,
    &cmd_feedback_resolve,
    &cmd_report,
    &cmd_lineage,
    &cmd_contribute_check,
    &cmd_train,
    &cmd_eval,
    &cmd_predict,
    &cmd_convert,
    &cmd_serve,
    &cmd_hub_create,
    &cmd_hub_list,
    &cmd_hub_upload,
    &cmd_hub_download,
    &cmd_hub_tag,
    &cmd_hub_org_list,
    &cmd_hub_org_add,
    &cmd_hub_org_remove,
    &cmd_hub_org_quota,
    &cmd_hub_gc,
    &cmd_hub_fsck,
    &cmd_token_create,
    &cmd_token_list,
    &cmd_token_revoke,
    &cmd_db_migrate,
    &cmd_db_status,
    &cmd_db_backup,
    &cmd_db_check,
    &cmd_db_dump,
    &cmd_license_list,
    &cmd_license_show,
    &cmd_license_check,
    &cmd_practice,
    &cmd_help,
    NULL,
};
/* clang-format on */

/* How many leading words the name takes, 0 when it is another one. */
static size_t words_matched(const char *name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(words[i]);
        if (strncmp(name, words[i], len) != 0)
            return 0;
        if (name[len] == '\0')
            return i + 1;
        if (name[len] != ' ')
            return 0;
        name += len + 1;
    }
    return 0;
}

bool commands_is_below(const struct cmd *cmd, const char *word)
{
    size_t len = strlen(word);

    return strncmp(cmd->name, word, len) == 0 && cmd->name[len] == ' ';
}

/* "db" alone or "db dumb": names what there is below it. False: the word has no subcommands. */
static bool list_below(const char *word, struct buf *out)
{
    for (const struct cmd *const *cmd = commands; *cmd; cmd++)
        if (commands_is_below(*cmd, word))
            buf_printf(out, "%s%s", out->len ? ", " : "", (*cmd)->name + strlen(word) + 1);
    return out->len > 0;
}

static const char *nearest_name(const char *word)
{
    const char *nearest = NULL;
    size_t best = strlen(word) > 3 ? 3 : 2; /* further away is no typing error */

    for (const struct cmd *const *cmd = commands; *cmd; cmd++) {
        size_t distance = text_distance(word, (*cmd)->name);
        if (distance < best) {
            best = distance;
            nearest = (*cmd)->name;
        }
    }
    return nearest;
}

/* How many of the first words have subcommands: 2 of "hub org frob". Fills *name with them, and
 * *below with the names of the subcommands. */
static size_t group_of(struct buf *name, struct buf *below, const char *const *words, size_t n)
{
    size_t used = 0;

    for (size_t len = n; len > 0 && used == 0; len--) {
        buf_clear(name);
        for (size_t i = 0; i < len; i++)
            buf_printf(name, "%s%.100s", i == 0 ? "" : " ", words[i]);
        used = list_below(name->data, below) ? len : 0;
    }
    return used;
}

static int not_found(const char *const *words, size_t n, struct err *err)
{
    struct buf name, below;
    int rc;

    buf_init(&name, 1 << 16);
    buf_init(&below, 512);
    const char *nearest = nearest_name(words[0]);
    size_t used = group_of(&name, &below, words, n < 4 ? n : 4);
    if (used > 0)
        rc = err_set(err, ERR_USAGE, "%s: %s%s; there is: %s", name.data,
                     n > used ? "no subcommand " : "a subcommand is missing",
                     n > used ? words[used] : "", below.data);
    else if (nearest)
        rc = err_set(err, ERR_USAGE,
                     "no command '%s'; did you mean `hearth %s`? `hearth help` lists them all",
                     words[0], nearest);
    else
        rc = err_set(err, ERR_USAGE, "no command '%s'; `hearth help` lists them", words[0]);
    buf_finish(&name);
    buf_finish(&below);
    return rc;
}

int commands_find(const struct cmd **ret, size_t *ret_used, const char *const *words, size_t n,
                  struct err *err)
{
    const struct cmd *found = NULL;
    size_t used = 0;

    for (const struct cmd *const *cmd = commands; *cmd; cmd++) {
        size_t matched = words_matched((*cmd)->name, words, n);
        if (matched > used) {
            used = matched;
            found = *cmd;
        }
    }
    if (!found)
        return not_found(words, n, err);
    *ret = found;
    *ret_used = used;
    return 0;
}
