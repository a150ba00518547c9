/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/moves.h"

enum { LABEL_MAX_BYTES = 200 };

int api_labels_list(struct call *c)
{
    return call_list(c, json_copy(state_table(&c->forge->state, LABELS)), c->shapes->label);
}

/* The label of {name}, or NULL. */
static json_t *named_label(const struct call *c)
{
    char *name = call_param(c, "name");
    json_t *label = find_label(c->forge, name);

    free(name);
    return label;
}

int api_label_get(struct call *c)
{
    const json_t *label = named_label(c);

    return label ? call_show(c, 200, c->shapes->label(&c->view, label)) : call_not_found(c);
}

static bool is_color(const char *text)
{
    return !text || (strlen(text) == 6 && strspn(text, "0123456789abcdefABCDEF") == 6);
}

int api_label_create(struct call *c)
{
    const char *name = call_text(c, "name"), *color = call_text(c, "color");

    if (!name || !*name || strlen(name) > LABEL_MAX_BYTES)
        return call_invalid(c, "Label", "name", name && *name ? "too_long" : "missing_field");
    if (!is_color(color))
        return call_invalid(c, "Label", "color", "invalid");
    if (find_label(c->forge, name))
        return call_invalid(c, "Label", "name", "already_exists");
    const json_t *label = move_make_label(c->forge, name, color, call_text(c, "description"));
    return call_show(c, 201, c->shapes->label(&c->view, label));
}

int api_label_edit(struct call *c)
{
    const char *new_name = call_text(c, "new_name"), *color = call_text(c, "color");
    json_t *label = named_label(c);

    if (!label)
        return call_not_found(c);
    if (!is_color(color) || (new_name && strlen(new_name) > LABEL_MAX_BYTES))
        return call_invalid(c, "Label", is_color(color) ? "name" : "color", "invalid");
    if (new_name && *new_name) {
        const json_t *other = find_label(c->forge, new_name);

        if (other && other != label)
            return call_invalid(c, "Label", "name", "already_exists");
        move_rename_label(c->forge, label, new_name);
    }
    if (color)
        row_set_str(label, "color", color);
    if (json_object_get(c->in, "description"))
        row_set_str(label, "description", call_text(c, "description"));
    return call_show(c, 200, c->shapes->label(&c->view, label));
}

int api_label_delete(struct call *c)
{
    json_t *label = named_label(c);

    if (!label)
        return call_not_found(c);
    move_rename_label(c->forge, label, NULL);
    return call_show(c, 204, NULL);
}

static int show_labels(struct call *c, const json_t *thread)
{
    return call_show(c, 200, render_labels(&c->view, json_object_get(thread, "labels")));
}

int api_issue_labels(struct call *c)
{
    int status;
    const json_t *thread = call_thread(c, &status);

    return thread ? show_labels(c, thread) : status;
}

/* {"labels": [names]} or the bare list; NULL when it is neither. */
static const json_t *wanted_labels(const struct call *c)
{
    const json_t *labels = json_is_array(c->in) ? c->in : json_object_get(c->in, "labels");
    size_t i;
    json_t *name;

    if (!json_is_array(labels))
        return NULL;
    json_array_foreach(labels, i, name)
    {
        size_t len = json_string_length(name);

        if (len == 0 || len > LABEL_MAX_BYTES)
            return NULL;
    }
    return labels;
}

static void add_labels(struct call *c, json_t *thread, const json_t *labels)
{
    size_t i;
    json_t *name;

    json_array_foreach(labels, i, name)
    {
        move_label(c->forge, c->view.me, thread, json_string_value(name));
    }
}

int api_issue_labels_add(struct call *c)
{
    const json_t *labels = wanted_labels(c);
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    if (!labels)
        return call_invalid(c, "Label", "name", "invalid");
    add_labels(c, thread, labels);
    return show_labels(c, thread);
}

int api_issue_labels_replace(struct call *c)
{
    const json_t *labels = wanted_labels(c);
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    if (!labels)
        return call_invalid(c, "Label", "name", "invalid");
    json_t *names = json_object_get(thread, "labels");
    for (size_t i = json_array_size(names); i-- > 0;) {
        char *name = xstrdup(json_string_value(json_array_get(names, i)));

        (void)move_unlabel(c->forge, c->view.me, thread, name);
        free(name);
    }
    add_labels(c, thread, labels);
    return show_labels(c, thread);
}

int api_issue_label_remove(struct call *c)
{
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    char *name = call_param(c, "name");
    int rc = move_unlabel(c->forge, c->view.me, thread, name);
    free(name);
    return rc < 0 ? call_error(c, 404, "Label does not exist") : show_labels(c, thread);
}
