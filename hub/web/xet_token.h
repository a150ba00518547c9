/* SPDX-License-Identifier: Apache-2.0
 * hub/web/xet_token.h
 * xet_token: the short-lived right to send one repository's files over Xet.
 * The client's own token never reaches the Xet endpoints; this one is signed and carries whose
 * it is and for what. Private to hub/web. */
#ifndef HUB_WEB_XET_TOKEN_H
#define HUB_WEB_XET_TOKEN_H
#include "hub/web/access.h"

struct buf;

struct xet_grant {
    enum hosted_kind kind;
    char repo[ACCESS_ID_SIZE]; /* "namespace/name" */
    char person[ACCESS_NAME_SIZE];
    int64_t expires_at; /* unix seconds */
};

void xet_token_add(struct buf *out, const struct xet_grant *grant, const char *key);
/* From a request's Authorization, NULL for none; -ERR_AUTH when it is not good. */
int xet_token_read(struct xet_grant *ret, const char *authorization, const char *key,
                   int64_t now);

#endif
