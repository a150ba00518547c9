/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/results.h"

#include <stdio.h>
#include <string.h>

#include "base/rfc3339.h"
#include "cli/cmd.h"
#include "store/repository.h"

void results_print_json(json_t *doc)
{
    (void)json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    (void)putchar('\n');
    json_decref(doc);
}

static int take_id(void *ctx, const struct repository *r, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = r->id;
    return 0;
}

int results_repo_id(int64_t *ret, struct app *app, struct err *err)
{
    int rc = app->repository ? repository_find(app->db, app->repository, take_id, ret, err)
                             : repository_get_first(app->db, take_id, ret, err);

    if (rc == -ERR_NOTFOUND && app->repository)
        return err_set(err, ERR_NOTFOUND, "nothing was read from %s yet", app->repository);
    if (rc == -ERR_NOTFOUND)
        return err_set(err, ERR_NOTFOUND,
                       "nothing was read from a forge yet: run `hearth sync` first");
    return rc;
}

int results_no_feedback(const char *id, struct err *err)
{
    return err_set(err, ERR_NOTFOUND, "no feedback '%.100s'; `hearth feedback list` names them",
                   id);
}

int results_parse_date(int64_t *ret, const char *text, const char *option, struct err *err)
{
    char full[RFC3339_SIZE];
    const char *time = text;

    if (strlen(text) == 10) {
        (void)snprintf(full, sizeof(full), "%sT00:00:00Z", text);
        time = full;
    }
    if (rfc3339_parse(ret, time, err) < 0)
        return err_set(err, ERR_USAGE, "%s: '%s' is no date such as 2026-01-31", option, text);
    return 0;
}

json_t *results_time(int64_t at)
{
    char text[RFC3339_SIZE];

    return at > 0 ? json_string(rfc3339_format(text, at)) : json_null();
}
