/* SPDX-License-Identifier: Apache-2.0
 * Reactions on issues and on comments: the same three verbs with another noun in front. */
#include "practice/api.h"

#include <string.h>

#include "practice/call.h"
#include "practice/forge.h"
#include "practice/moves.h"

static int list_reactions(struct call *c, const char *on, int64_t to)
{
    json_t *rows = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(state_table(&c->forge->state, REACTIONS), i, row)
    {
        if (row_int(row, "to") == to && strcmp(row_str(row, "on"), on) == 0)
            (void)json_array_append(rows, row);
    }
    return call_list(c, rows, c->shapes->reaction);
}

static int react(struct call *c, const char *on, int64_t to)
{
    const char *content = call_text(c, "content");
    bool is_new;

    if (!is_reaction(content))
        return call_invalid(c, "Reaction", "content", "invalid");
    const json_t *row = move_react(c->forge, c->view.me, on, to, content, &is_new);
    return call_show(c, is_new ? 201 : 200, c->shapes->reaction(&c->view, row));
}

static int unreact(struct call *c, const char *on, int64_t to)
{
    json_t *row = call_row(c, REACTIONS, "reaction");

    if (!row || row_int(row, "to") != to || strcmp(row_str(row, "on"), on) != 0)
        return call_not_found(c);
    if (!call_may(c, RIGHT_PUSH) && strcmp(row_str(row, "user"), c->view.me) != 0)
        return call_error(c, 403, "Must have admin rights to Repository.");
    move_unreact(c->forge, row);
    return call_show(c, 204, NULL);
}

int api_issue_reactions(struct call *c)
{
    return call_on_issue(c, list_reactions);
}

int api_issue_react(struct call *c)
{
    return call_on_issue(c, react);
}

int api_issue_unreact(struct call *c)
{
    return call_on_issue(c, unreact);
}

int api_comment_reactions(struct call *c)
{
    return call_on_comment(c, list_reactions);
}

int api_comment_react(struct call *c)
{
    return call_on_comment(c, react);
}

int api_comment_unreact(struct call *c)
{
    return call_on_comment(c, unreact);
}

int api_review_comment_reactions(struct call *c)
{
    return call_on_review_comment(c, list_reactions);
}

int api_review_comment_react(struct call *c)
{
    return call_on_review_comment(c, react);
}
