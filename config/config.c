/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "base/yaml.h"
#include "config/options.h"

enum { MAX_FILE_SIZE = 1 << 20, MAX_VALUES = 2000 };

struct loader {
    struct config *config;
    struct buf *faults;
    int n_faults;
};

__attribute__((format(printf, 4, 5))) static void fault(struct loader *l, int line,
                                                        const char *key, const char *fmt, ...)
{
    va_list args;

    buf_printf(l->faults, "%s:%d: %s: ", l->config->path, line, key);
    va_start(args, fmt);
    buf_vprintf(l->faults, fmt, args);
    va_end(args);
    buf_add_char(l->faults, '\n');
    l->n_faults++;
}

static void unknown_key(struct loader *l, const struct yaml_value *v)
{
    const struct option *nearest = option_nearest(v->path);

    if (nearest)
        fault(l, v->line, v->path, "unknown key; did you mean '%s'?", nearest->key);
    else
        fault(l, v->line, v->path, "unknown key");
}

static bool is_section(const char *path)
{
    size_t len = strlen(path);

    for (const struct option *o = options; o->key; o++)
        if (strncmp(o->key, path, len) == 0 && o->key[len] == '.')
            return true;
    return false;
}

/* The first item replaces the default. */
static void set_list(struct loader *l, const struct option *o, const struct yaml_value *v,
                     const char *index)
{
    struct err err = { 0 };

    if (strcmp(index, "[0]") == 0 || *index == '\0')
        option_clear_list(l->config, o);
    if (*index == '\0' && *v->text == '\0' && !v->is_null) {
        if (o->min > 0)
            fault(l, v->line, o->key, "must not be empty");
        return;
    }
    if (*index == '\0' || index[strcspn(index, "]")] == '\0' || strchr(index, ']')[1] != '\0')
        fault(l, v->line, o->key, "must be a list: [one, two]");
    else if (option_set(l->config, o, v->text, &err) < 0)
        fault(l, v->line, v->path, "'%s' %s", v->text, err.msg);
}

static void take_value(struct loader *l, const struct yaml_value *v)
{
    size_t len = strcspn(v->path, "[");
    const struct option *o = option_find(v->path, len);
    struct err err = { 0 };

    if (v->is_repeat) {
        fault(l, v->line, v->path, "stands here twice");
        return;
    }
    if (!o && !is_section(v->path)) {
        unknown_key(l, v);
        return;
    }
    if (!o) { /* "retrain:" with nothing but comments below it is fine */
        if (*v->text)
            fault(l, v->line, v->path, "is a group of keys, not a value");
        return;
    }
    if (v->is_null && v->path[len] == '\0')
        return; /* "key:" and nothing: the default */
    if (o->type == OPTION_LIST)
        set_list(l, o, v, v->path + len);
    else if (v->path[len] != '\0')
        fault(l, v->line, o->key, "must be one value, not a list");
    else if (option_set(l->config, o, v->text, &err) < 0)
        fault(l, v->line, o->key, "%s", err.msg);
}

static int line_of(const struct yaml_doc *doc, const char *key)
{
    const struct yaml_value *v = yaml_find(doc, key);

    return v ? v->line : 1;
}

/* What is wrong only when seen together. */
static void check_together(struct loader *l, const struct yaml_doc *doc)
{
    const struct config *c = l->config;

    if (c->forge.url[0] && !c->forge.repo[0])
        fault(l, line_of(doc, "forge.url"), "forge.repo",
              "is missing: forge.url needs the repository to serve");
    if (!c->forge.url[0] && c->forge.repo[0])
        fault(l, line_of(doc, "forge.repo"), "forge.url",
              "is missing: forge.repo needs the forge it lives on");
    if (c->forge.app_id[0] && c->forge.token_file[0])
        fault(l, line_of(doc, "forge.app_id"), "forge.app_id",
              "and forge.token_file exclude each other: one of them is who we are");
    for (size_t i = 1; i < config_n_repositories(c); i++)
        for (size_t j = 0; j < i; j++)
            if (text_equal_ignoring_case(config_repository(c, i), config_repository(c, j)))
                fault(l, line_of(doc, "forge.repositories"), "forge.repositories",
                      "names '%s' twice", config_repository(c, i));
    if (!c->forge.url[0] && c->forge.repositories.n > 0)
        fault(l, line_of(doc, "forge.url"), "forge.url",
              "is missing: forge.repositories needs the forge they live on");
    if (c->budgets.content_per_minute > c->budgets.content_per_hour)
        fault(l, line_of(doc, "budgets.content_per_minute"), "budgets.content_per_minute",
              "is more than budgets.content_per_hour");
}

static void take_document(struct loader *l, const char *text, size_t len)
{
    struct yaml_doc doc = { 0 };
    struct err err = { 0 };

    if (yaml_parse_all(&doc, text, len, l->config->path, MAX_VALUES, &err) < 0) {
        buf_printf(l->faults, "%s\n", err.msg);
        l->n_faults++;
        return;
    }
    for (size_t i = 0; i < doc.n_values; i++)
        take_value(l, &doc.values[i]);
    if (l->n_faults == 0)
        check_together(l, &doc);
    yaml_finish(&doc);
}

static char *dir_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return xstrdup(".");
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static struct config *new_config(const char *path)
{
    struct config *config = xcalloc(1, sizeof(*config));

    config->path = xstrdup(path);
    config->dir = dir_of(path);
    options_set_defaults(config);
    return config;
}

int config_load_text(struct config **ret, const char *path, const char *text, size_t len,
                     struct buf *faults, struct err *err)
{
    struct loader l = { .config = new_config(path), .faults = faults };

    take_document(&l, text, len);
    if (l.n_faults > 0) {
        config_free(l.config);
        return err_set(err, ERR_CONFIG, "%d fault%s in '%s'", l.n_faults, text_s(l.n_faults),
                       path);
    }
    *ret = l.config;
    return 0;
}

int config_load(struct config **ret, const char *path, struct buf *faults, struct err *err)
{
    struct buf text;
    int rc;

    buf_init(&text, MAX_FILE_SIZE);
    rc = fs_read(&text, path, err);
    if (rc == -ERR_NOTFOUND)
        rc = err_set(err, ERR_CONFIG, "no configuration '%s': run `hearth init`", path);
    if (rc == 0)
        rc = config_load_text(ret, path, text.data, text.len, faults, err);
    buf_finish(&text);
    return rc;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    options_finish(config);
    free(config->path);
    free(config->dir);
    free(config);
}

size_t config_n_repositories(const struct config *config)
{
    return 1 + config->forge.repositories.n;
}

const char *config_repository(const struct config *config, size_t index)
{
    return index == 0 ? config->forge.repo : config->forge.repositories.items[index - 1];
}

char *config_path(const struct config *config, const char *name)
{
    return name[0] == '/' ? xstrdup(name) : fs_path(config->dir, name, NULL);
}
