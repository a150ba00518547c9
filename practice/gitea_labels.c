/* SPDX-License-Identifier: Apache-2.0
 * Labels, which Gitea names by id. */
#include "practice/gitea_api.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "practice/api.h"
#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/moves.h"

enum { LABEL_MAX_BYTES = 50 };

int gitea_label_get(struct call *c)
{
    const json_t *label = call_row(c, LABELS, "id");

    return label ? call_show(c, 200, gitea_label(&c->view, label)) : call_not_found(c);
}

/* "00aabb" or "#00aabb" as six digits; NULL when it is neither. */
static const char *color_of(const struct call *c)
{
    const char *color = call_text(c, "color");

    if (color && *color == '#')
        color++;
    return color && strlen(color) == 6 && strspn(color, "0123456789abcdefABCDEF") == 6 ? color
                                                                                       : NULL;
}

static bool is_name(const char *name)
{
    return name && *name && strlen(name) <= LABEL_MAX_BYTES;
}

/* A second label of the same name is made like the first. */
int gitea_label_create(struct call *c)
{
    const char *name = call_text(c, "name"), *color = color_of(c);

    if (!is_name(name))
        return call_invalid(c, "Label", "name", name && *name ? "MaxSize" : "missing_field");
    if (!color)
        return call_invalid(c, "Label", "color",
                            call_text(c, "color") ? "invalid" : "missing_field");
    json_t *label = move_make_label(c->forge, name, color, call_text(c, "description"));
    row_set(label, "exclusive", json_boolean(row_flag(c->in, "exclusive")));
    return call_show(c, 201, gitea_label(&c->view, label));
}

int gitea_label_edit(struct call *c)
{
    json_t *label = call_row(c, LABELS, "id");
    const char *name = call_text(c, "name");

    if (!label)
        return call_not_found(c);
    if (json_object_get(c->in, "color") && !color_of(c))
        return call_invalid(c, "Label", "color", "invalid");
    if (name && !is_name(name))
        return call_invalid(c, "Label", "name", "MaxSize");
    if (name)
        move_rename_label(c->forge, label, name);
    if (color_of(c))
        row_set_str(label, "color", color_of(c));
    if (call_text(c, "description"))
        row_set_str(label, "description", call_text(c, "description"));
    if (json_is_boolean(json_object_get(c->in, "exclusive")))
        (void)json_object_set(label, "exclusive", json_object_get(c->in, "exclusive"));
    return call_show(c, 200, gitea_label(&c->view, label));
}

int gitea_label_delete(struct call *c)
{
    json_t *label = call_row(c, LABELS, "id");

    if (!label)
        return call_not_found(c);
    move_rename_label(c->forge, label, NULL);
    return call_show(c, 204, NULL);
}

/* The labels that {"labels": [..]} names, all by id or all by name; what the repository does
 * not have is passed over in silence. NULL with the status set when it is neither. */
static json_t *wanted_labels(struct call *c, int *ret_status)
{
    const json_t *wanted = json_object_get(c->in, "labels");
    json_t *found = json_array(), *one;
    size_t i, n_names = 0, n_ids = 0;

    json_array_foreach(wanted, i, one)
    {
        const json_t *label =
            json_is_string(one) ? find_label(c->forge, json_string_value(one))
                                : state_row(&c->forge->state, LABELS, json_integer_value(one));

        n_names += json_is_string(one);
        n_ids += json_is_integer(one);
        if (label)
            (void)json_array_append(found, (json_t *)(uintptr_t)label);
    }
    if (!json_is_array(wanted) || (n_names > 0 && n_ids > 0) ||
        n_names + n_ids < json_array_size(wanted)) {
        json_decref(found);
        *ret_status = call_error(c, 400, "labels should be an array of strings or integers");
        return NULL;
    }
    return found;
}

/* "area/ui" and "area/api" are of one scope, "area". */
static bool is_same_scope(const char *a, const char *b)
{
    const char *slash = strrchr(a, '/');

    return slash && strncmp(a, b, (size_t)(slash - a) + 1) == 0 &&
           strchr(b + (slash - a) + 1, '/') == NULL;
}

/* An exclusive label takes the place of others in its scope. */
static void displace_siblings(struct call *c, json_t *thread, const json_t *label)
{
    json_t *names = json_object_get(thread, "labels");

    if (!row_flag(label, "exclusive"))
        return;
    for (size_t i = json_array_size(names); i-- > 0;) {
        char *name = xstrdup(json_string_value(json_array_get(names, i)));

        if (strcmp(name, row_str(label, "name")) != 0 &&
            is_same_scope(row_str(label, "name"), name) &&
            row_flag(find_label(c->forge, name), "exclusive"))
            (void)move_unlabel(c->forge, c->view.me, thread, name);
        free(name);
    }
}

static void take_all_labels(struct call *c, json_t *thread)
{
    json_t *names = json_object_get(thread, "labels");

    for (size_t i = json_array_size(names); i-- > 0;) {
        char *name = xstrdup(json_string_value(json_array_get(names, i)));

        (void)move_unlabel(c->forge, c->view.me, thread, name);
        free(name);
    }
}

static int put_labels(struct call *c, void (*before)(struct call *c, json_t *thread))
{
    int status;
    json_t *thread = call_thread(c, &status), *label;
    json_t *labels = thread ? wanted_labels(c, &status) : NULL;
    size_t i;

    if (!labels)
        return status;
    if (before)
        before(c, thread);
    json_array_foreach(labels, i, label)
    {
        displace_siblings(c, thread, label);
        move_label(c->forge, c->view.me, thread, row_str(label, "name"));
    }
    json_decref(labels);
    return api_issue_labels(c);
}

int gitea_issue_labels_add(struct call *c)
{
    return put_labels(c, NULL);
}

int gitea_issue_labels_replace(struct call *c)
{
    return put_labels(c, take_all_labels);
}

/* 204 whether or not the thread carried it; a label that nobody has is 422. */
int gitea_issue_label_remove(struct call *c)
{
    const json_t *label = call_row(c, LABELS, "id");
    int status;
    json_t *thread = call_thread(c, &status);

    if (!thread)
        return status;
    if (!label)
        return call_error(c, 422, "label does not exist");
    (void)move_unlabel(c->forge, c->view.me, thread, row_str(label, "name"));
    return call_show(c, 204, NULL);
}
