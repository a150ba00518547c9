/* SPDX-License-Identifier: Apache-2.0
 * hub/web/credentials.h
 * credentials: what a request's headers say of its sender, before anything is looked up.
 * Private to hub/web. */
#ifndef HUB_WEB_CREDENTIALS_H
#define HUB_WEB_CREDENTIALS_H
#include <stdbool.h>

/* The token of an Authorization header, Bearer or Basic; NULL when there is none in it. The
 * caller frees. */
char *credentials_token(const char *authorization);

/* Whether a client that calls itself this way sends large files over Xet without asking:
 * huggingface_hub does from 1.20 on. user_agent may be NULL. */
bool credentials_would_use_xet(const char *user_agent);

#endif
