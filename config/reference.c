/* SPDX-License-Identifier: Apache-2.0
 * Writes docs/configuration.md from the options table. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"
#include "config/options.h"

static void add_size(struct buf *out, double bytes)
{
    static const char *const units[] = { "", "k", "M", "G" };
    size_t unit = 0;

    for (; unit < 3 && bytes >= 1024; unit++)
        bytes /= 1024;
    buf_printf(out, "%.10g%s", bytes, units[unit]);
}

static void add_bound(struct buf *out, const struct option *o, double value)
{
    if (o->type == OPTION_SIZE)
        add_size(out, value);
    else if (o->type == OPTION_DURATION)
        buf_printf(out, "%.10gs", value);
    else
        buf_printf(out, "%.10g", value);
}

/* What a value may be: its choices, or its bounds. */
static void add_values(struct buf *out, const struct option *o)
{
    const char *choice = o->choices;

    if (o->type == OPTION_BOOL) {
        buf_add_str(out, "`true` or `false`");
    } else if (choice) {
        for (; *choice; choice += strcspn(choice, "|"), choice += *choice == '|')
            buf_printf(out, "%s`%.*s`", choice == o->choices ? "" : ", ",
                       (int)strcspn(choice, "|"), choice);
    } else if (o->type == OPTION_TEXT || o->type == OPTION_LIST) {
        buf_printf(out, "%s%.10g %s", o->min > 0 ? "1 to " : "up to ", o->max,
                   o->type == OPTION_LIST ? "items" : "bytes");
    } else {
        add_bound(out, o, o->min);
        buf_add_str(out, " to ");
        add_bound(out, o, o->max);
    }
}

static void add_help(struct buf *out, const char *help)
{
    for (; *help; help++)
        buf_add_char(out, *help == '\n' ? ' ' : *help);
}

static void add_row(struct buf *out, const struct option *o)
{
    buf_printf(out, "| `%s` | ", strchr(o->key, '.') + 1);
    if (o->fallback[0])
        buf_printf(out, "`%s`", o->fallback);
    else
        buf_add_str(out, o->type == OPTION_LIST ? "`[]`" : "empty");
    buf_add_str(out, " | ");
    add_values(out, o);
    buf_add_str(out, " | ");
    add_help(out, o->help);
    buf_add_str(out, " |\n");
}

int config_write_reference(struct buf *out, struct err *err)
{
    const char *section = "";

    buf_add_str(
        out, "# Configuration\n\n"
             "Every option of `hearth.yml`, written from the table in `config/options.c` by\n"
             "`ninja -C build configuration-docs`. Sizes take `k`, `M` or `G` (1,024 each),\n"
             "lengths of time `s`, `m`, `h` or `d`. `hearth init` writes a file with all of\n"
             "them; `hearth check` names every fault with its line.\n");
    for (const struct option *o = options; o->key; o++) {
        size_t len = strcspn(o->key, ".");

        if (strncmp(section, o->key, len + 1) != 0)
            buf_printf(out,
                       "\n## %.*s\n\n| key | default | may be | what it does |\n"
                       "|---|---|---|---|\n",
                       (int)len, o->key);
        section = o->key;
        add_row(out, o);
    }
    return buf_check(out, "configuration reference", err);
}
