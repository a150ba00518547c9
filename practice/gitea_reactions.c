/* SPDX-License-Identifier: Apache-2.0
 * Reactions, which Gitea names by their content: nobody has two of one kind on one thing. */
#include "practice/gitea_api.h"

#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"
#include "practice/gitea_render.h"
#include "practice/moves.h"

static int react(struct call *c, const char *on, int64_t to)
{
    const char *content = call_text(c, "content");
    bool is_new;

    if (!is_reaction(content)) /* a server may allow others */
        return call_error(c, 403, "reaction is not allowed");
    const json_t *row = move_react(c->forge, c->view.me, on, to, content, &is_new);
    return call_show(c, is_new ? 201 : 200, gitea_reaction(&c->view, row));
}

static int unreact(struct call *c, const char *on, int64_t to)
{
    const char *content = call_text(c, "content");
    const json_t *rows = state_table(&c->forge->state, REACTIONS);

    for (size_t i = json_array_size(rows); content && i-- > 0;) {
        json_t *row = json_array_get(rows, i);

        if (row_int(row, "to") == to && strcmp(row_str(row, "on"), on) == 0 &&
            strcmp(row_str(row, "user"), c->view.me) == 0 &&
            strcmp(row_str(row, "content"), content) == 0)
            move_unreact(c->forge, row);
    }
    return call_show(c, 200, NULL);
}

int gitea_issue_react(struct call *c)
{
    return call_on_issue(c, react);
}

int gitea_issue_unreact(struct call *c)
{
    return call_on_issue(c, unreact);
}

int gitea_comment_react(struct call *c)
{
    return call_on_comment(c, react);
}

int gitea_comment_unreact(struct call *c)
{
    return call_on_comment(c, unreact);
}
