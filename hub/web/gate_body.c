/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/gate_body.h"

#include <string.h>

static const char *const words[GATE_STATES] = {
    [ENTRY_PENDING] = "pending",
    [ENTRY_ACCEPTED] = "accepted",
    [ENTRY_REFUSED] = "rejected",
};

const char *gate_state_word(enum gate_state state)
{
    return words[state];
}

bool gate_state_parse(enum gate_state *ret, const char *word)
{
    for (size_t i = 0; word && i < GATE_STATES; i++) {
        *ret = (enum gate_state)i;
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

int handle_body_read(struct handle_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    memset(ret, 0, sizeof(*ret));
    json_reader_init(&r, "body");
    const char *status = json_str(&r, doc, "status", JSON_REQUIRED);
    if (!gate_state_parse(&ret->state, status))
        json_fail(&r, "status", ERR_RANGE, "expected pending, accepted or rejected");
    ret->user = json_str(&r, doc, "user", JSON_OPTIONAL);
    ret->request_id = json_str(&r, doc, "requestId", JSON_OPTIONAL);
    if (!*ret->user && !*ret->request_id)
        json_fail(&r, "user", ERR_RANGE, "expected a user or a requestId");
    return json_reader_check(&r, err);
}

int grant_body_read(struct grant_body *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "body");
    ret->user = json_str(&r, doc, "user", JSON_REQUIRED);
    if (!*ret->user)
        json_fail(&r, "user", ERR_RANGE, "expected a user");
    return json_reader_check(&r, err);
}
