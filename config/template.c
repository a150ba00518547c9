/* SPDX-License-Identifier: Apache-2.0
 * Writes the commented file that `hearth init` makes, from the options table. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"
#include "config/options.h"

static void add_help(struct buf *out, const char *help)
{
    while (*help) {
        size_t n = strcspn(help, "\n");

        buf_printf(out, "  # %.*s\n", (int)n, help);
        help += n;
        help += *help == '\n';
    }
}

/* Quoted unless it is plainly a word: what YAML makes of the rest is nobody's knowledge. */
static void add_scalar(struct buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-_./+";

    if (*text != '\0' && *text != '-' && text[strspn(text, plain)] == '\0') {
        buf_add_str(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
    buf_add_char(out, '"');
}

static void add_bounds(struct buf *out, const struct option *o)
{
    if (o->choices)
        buf_printf(out, "  # One of: %s\n", o->choices);
    else if (o->type == OPTION_INT || o->type == OPTION_NUMBER)
        buf_printf(out, "  # %g .. %.10g\n", o->min, o->max);
}

static const char *value_of(const struct option *o, const struct config_setting *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(set[i].key, o->key) == 0)
            return set[i].value;
    return NULL;
}

static void add_option(struct buf *out, const struct option *o, const char *value)
{
    add_help(out, o->help);
    add_bounds(out, o);
    buf_printf(out, "  %s%s: ", value ? "" : "# ", strchr(o->key, '.') + 1);
    if (o->type == OPTION_LIST)
        buf_printf(out, "[%s]", value ? value : o->fallback);
    else
        add_scalar(out, value ? value : o->fallback);
    buf_add_char(out, '\n');
}

static int check_settings(const struct config_setting *set, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!option_find(set[i].key, strlen(set[i].key)))
            return err_set(err, ERR_CONFIG, "%s: unknown key", set[i].key);
    return 0;
}

int config_write_template(struct buf *out, const struct config_setting *set, size_t n_set,
                          struct err *err)
{
    const char *section = "";
    size_t section_len = 0;
    int rc = check_settings(set, n_set, err);

    if (rc < 0)
        return rc;
    buf_add_str(out,
                "# What this community decided. Every option stands here with its help;\n"
                "# those behind a # have the value shown. `hearth check` reads it over.\n");
    for (const struct option *o = options; o->key; o++) {
        size_t len = strcspn(o->key, ".");

        if (len != section_len || strncmp(section, o->key, len) != 0) {
            section = o->key;
            section_len = len;
            buf_printf(out, "\n%.*s:\n", (int)len, section);
        } else {
            buf_add_char(out, '\n');
        }
        add_option(out, o, value_of(o, set, n_set));
    }
    return buf_check(out, "configuration", err);
}
