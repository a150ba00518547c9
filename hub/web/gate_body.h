/* SPDX-License-Identifier: Apache-2.0
 * hub/web/gate_body.h
 * gate_body: what JSON bodies say of who is let through a repository's gate.
 * Borrows the texts of the document. Private to hub/web. */
#ifndef HUB_WEB_GATE_BODY_H
#define HUB_WEB_GATE_BODY_H
#include <stdbool.h>

#include "base/json.h"
#include "store/hosted_repo.h"

enum { GATE_STATES = ENTRY_REFUSED + 1 };

/* "pending", "accepted", "rejected"; false for anything else, and NULL. */
const char *gate_state_word(enum gate_state state);
bool gate_state_parse(enum gate_state *ret, const char *word);

/* One of the two says whose request it is; the other may be "". */
struct handle_body {
    enum gate_state state;
    const char *user, *request_id;
};
int handle_body_read(struct handle_body *ret, const json_t *doc, struct err *err);

struct grant_body {
    const char *user;
};
int grant_body_read(struct grant_body *ret, const json_t *doc, struct err *err);

#endif
