/* SPDX-License-Identifier: Apache-2.0
 * hearth license list, show, check: what the table of licences knows. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "hub/license/license.h"

enum { OUTPUT_MAX_BYTES = 1 << 20 };
static const char default_model[] = "Apache-2.0";

static void add_terms(struct buf *out, unsigned terms)
{
    const char *comma = "";

    for (unsigned bit = 1; bit <= terms; bit <<= 1) {
        if (!(terms & bit))
            continue;
        buf_printf(out, "%s%s", comma, license_term_name(bit));
        comma = ",";
    }
}

static json_t *license_to_json(const struct license *l)
{
    json_t *terms = json_array();
    size_t len;

    for (unsigned bit = 1; bit <= l->terms; bit <<= 1) {
        if (l->terms & bit)
            (void)json_array_append_new(terms, json_string(license_term_name(bit)));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:b}", "spdx", l->spdx, "card", l->card, "name",
                     l->name, "terms", terms, "has_text", license_text(l, &len) != NULL);
}

/* Takes doc when as JSON it is to be printed; out otherwise. */
static void print(const struct app *app, json_t *doc, struct buf *out)
{
    if (app->json) {
        buf_clear(out);
        json_write(out, doc, 2);
        buf_add_char(out, '\n');
    }
    json_decref(doc);
    (void)fwrite(out->data, 1, out->len, stdout);
}

static int run_list(struct app *app, const struct cmd_args *args, struct err *err)
{
    json_t *rows = json_array();
    struct buf out;

    (void)args;
    (void)err;
    buf_init(&out, OUTPUT_MAX_BYTES);
    for (const struct license *l = license_table; l->spdx; l++) {
        buf_printf(&out, "%-36s %-36s ", l->card, l->spdx);
        add_terms(&out, l->terms);
        buf_add_char(&out, '\n');
        (void)json_array_append_new(rows, license_to_json(l));
    }
    print(app, json_pack("{s:o}", "licences", rows), &out);
    buf_finish(&out);
    return 0;
}

static int find(const struct license **ret, const char *id, struct err *err)
{
    struct err why;

    if (license_get(ret, id, &why) == 0)
        return 0;
    return err_set(err, ERR_USAGE, "%s (`hearth license list` shows all)", why.msg);
}

static int run_show(struct app *app, const struct cmd_args *args, struct err *err)
{
    const struct license *l;
    struct buf out;
    size_t len = 0;

    int rc = find(&l, args->operands[0], err);
    if (rc < 0)
        return rc;
    const char *text = license_text(l, &len);
    json_t *doc = license_to_json(l);
    (void)json_object_set_new(doc, "text", text ? json_stringn(text, len) : json_null());

    buf_init(&out, OUTPUT_MAX_BYTES);
    buf_printf(&out, "%s\nSPDX:  %s\ncard:  %s\nterms: ", l->name, l->spdx, l->card);
    add_terms(&out, l->terms);
    buf_add_str(&out, text ? "\n\n" : "\n\nIts text is not bundled.\n");
    buf_add(&out, text ? text : "", len);
    print(app, doc, &out);
    buf_finish(&out);
    return 0;
}

static int run_check(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *model_id = cmd_value(args, "--model", default_model);
    const struct license *model;
    json_t *rows = json_array();
    struct buf out;
    int refused = 0;

    int rc = find(&model, model_id, err);
    buf_init(&out, OUTPUT_MAX_BYTES);
    for (size_t i = 0; rc == 0 && i < args->n_operands; i++) {
        struct err why = { 0 };
        int verdict = license_check_data(args->operands[i], model, &why);

        refused += verdict < 0;
        buf_printf(&out, "%s: %s\n", args->operands[i], verdict < 0 ? why.msg : "fine");
        (void)json_array_append_new(rows, json_pack("{s:s, s:b, s:s}", "expression",
                                                    args->operands[i], "is_fine", verdict == 0,
                                                    "reason", why.msg));
    }
    if (rc == 0) {
        print(app, json_pack("{s:s, s:O}", "model", model->spdx, "checks", rows), &out);
        if (refused > 0)
            rc = err_set(err, ERR_REFUSED, "%d of %zu may not go into a model under %s",
                         refused, args->n_operands, model->spdx);
    }
    json_decref(rows);
    buf_finish(&out);
    return rc;
}

static const struct cmd_option check_options[] = {
    { "--model", "ID", "the licence of the model that data goes into; default: Apache-2.0",
      false },
    { 0 },
};

const struct cmd cmd_license_list = {
    .name = "license list",
    .summary = "List the licences that are known, and what they ask for",
    .run = run_list,
};

const struct cmd cmd_license_show = {
    .name = "license show",
    .args = "ID",
    .summary = "Show a licence and its text",
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};

const struct cmd cmd_license_check = {
    .name = "license check",
    .args = "EXPRESSION.. [--model ID]",
    .summary = "Say whether data under a licence may go into a model",
    .options = check_options,
    .min_operands = 1,
    .max_operands = 100,
    .run = run_check,
};
