/* SPDX-License-Identifier: Apache-2.0
 * SPDX licence expressions (SPDX specification 3.0, annex B), by recursive descent:
 *
 *     any   = every { "OR" every }
 *     every = one { "AND" one }
 *     one   = "(" any ")" | id [ "WITH" id ]
 *
 * The operators bind in that order and are taken in any case. */
#include "hub/license/license.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

enum { MAX_ID = 64, MAX_EXPRESSION = 512, MAX_DEPTH = 16 };

struct parser {
    const char *text, *at;
    char word[MAX_ID]; /* the token at hand: "(", ")", an id, an operator; "" at the end */
    int depth;
    license_accepts *accepts;
    void *ctx;
    struct err *err;
};

static int fault(struct parser *p, const char *what)
{
    return err_set(p->err, ERR_PARSE, "licence '%s': %s%s%s%s", p->text, what,
                   p->word[0] ? " at '" : "", p->word, p->word[0] ? "'" : "");
}

/* Takes the next token in. */
static int advance(struct parser *p)
{
    static const char id_bytes[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.+:";

    p->at += strspn(p->at, " \t");
    size_t len = strspn(p->at, id_bytes);
    if (len == 0 && (*p->at == '(' || *p->at == ')'))
        len = 1;
    if (len >= sizeof(p->word) || (len == 0 && *p->at != '\0'))
        return err_set(p->err, ERR_PARSE, "licence '%s': not an SPDX expression at '%.20s'",
                       p->text, p->at);
    memcpy(p->word, p->at, len);
    p->word[len] = '\0';
    p->at += len;
    return 0;
}

static bool is_at(const struct parser *p, const char *word)
{
    return text_equal_ignoring_case(p->word, word);
}

static bool is_at_id(const struct parser *p)
{
    static const char *const no_ids[] = { "", "(", ")", "AND", "OR", "WITH" };

    for (size_t i = 0; i < sizeof(no_ids) / sizeof(no_ids[0]); i++) {
        if (is_at(p, no_ids[i]))
            return false;
    }
    return true;
}

static int parse_any(struct parser *p, bool *ret);

static int parse_group(struct parser *p, bool *ret)
{
    if (++p->depth > MAX_DEPTH)
        return fault(p, "too many parentheses");
    int rc = advance(p);
    if (rc == 0)
        rc = parse_any(p, ret);
    if (rc == 0 && !is_at(p, ")"))
        rc = fault(p, "a ')' is missing");
    p->depth--;
    return rc < 0 ? rc : advance(p);
}

static int parse_one(struct parser *p, bool *ret)
{
    if (is_at(p, "("))
        return parse_group(p, ret);
    if (!is_at_id(p))
        return fault(p, "an id is missing");
    *ret = p->accepts(p->ctx, p->word);
    int rc = advance(p);
    if (rc < 0 || !is_at(p, "WITH"))
        return rc;
    rc = advance(p);
    if (rc == 0 && !is_at_id(p))
        rc = fault(p, "an exception is missing");
    return rc < 0 ? rc : advance(p);
}

static int parse_every(struct parser *p, bool *ret)
{
    bool next = false;

    int rc = parse_one(p, ret);
    while (rc == 0 && is_at(p, "AND")) {
        rc = advance(p);
        if (rc == 0)
            rc = parse_one(p, &next);
        *ret = *ret && next;
    }
    return rc;
}

static int parse_any(struct parser *p, bool *ret)
{
    bool next = false;

    int rc = parse_every(p, ret);
    while (rc == 0 && is_at(p, "OR")) {
        rc = advance(p);
        if (rc == 0)
            rc = parse_every(p, &next);
        *ret = *ret || next;
    }
    return rc;
}

int license_evaluate(bool *ret, const char *expression, license_accepts *accepts, void *ctx,
                     struct err *err)
{
    struct parser p = {
        .text = expression,
        .at = expression,
        .accepts = accepts,
        .ctx = ctx,
        .err = err,
    };
    bool answer = false;

    if (strlen(expression) > MAX_EXPRESSION)
        return err_set(err, ERR_PARSE, "licence: longer than %d bytes", MAX_EXPRESSION);
    int rc = advance(&p);
    if (rc == 0)
        rc = parse_any(&p, &answer);
    if (rc == 0 && p.word[0] != '\0')
        rc = fault(&p, "AND or OR is missing");
    if (rc == 0)
        *ret = answer;
    return rc;
}
