/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/facts.h
 * facts: what the marker of a retrain comment hides, and a lost database reads from it.
 * What was asked, and on what the answer was built, so that the very same run can be made
 * again: the commit, who asked, the version in service, the merged contributions then. */
#ifndef BOT_RETRAIN_FACTS_H
#define BOT_RETRAIN_FACTS_H
#include <stddef.h>
#include <stdint.h>

#include "base/git.h"
#include "base/json.h"

enum { FACTS_MAX_WITH = 1000, FACTS_MAX_LOGIN = 64 };

struct facts_with {
    int64_t number;
    char sha[GIT_HEX_SIZE];
};

struct facts {
    char sha[GIT_HEX_SIZE];       /* the commit that was asked for */
    int64_t event_id;             /* the labeled event */
    char author[FACTS_MAX_LOGIN]; /* of the pull request, as they were called then; "": now */
    char actor[FACTS_MAX_LOGIN], role[16];
    char answer[16];         /* "granted" or "refused" */
    char champion[32];       /* version in service then, "" for the bundled model */
    struct facts_with *with; /* merged contributions that the run built on, in order */
    size_t n_with;
    size_t n_with_before; /* of these stood before the contribution in the order */
};

void facts_finish(struct facts *facts); /* NULL and half-built are fine */

json_t *facts_to_json(const struct facts *facts); /* new reference */

/* doc: the facts of a marker of ours. -ERR_PARSE, -ERR_LIMIT name the field. */
int facts_from_json(struct facts *ret, const json_t *doc, struct err *err);

#endif
