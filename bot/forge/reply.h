/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/reply.h
 * reply: what a status, a content type and a body say, in our errors.
 * Between transport, which decides what comes next, and http, which fetched the bytes. */
#ifndef BOT_FORGE_REPLY_H
#define BOT_FORGE_REPLY_H
#include <stdbool.h>

#include "base/json.h"

struct err;
struct http_response;

/* The JSON body, which is spent: only what is read of it is parsed (squeeze.h). *ret stays NULL
 * for an empty one. -ERR_FORGE for HTML, -ERR_PARSE. */
int reply_parse(json_t **ret, struct http_response *res, struct err *err);

/* A status of 400 and above as an error, with the forge's own message. */
int reply_refusal(const struct http_response *res, struct err *err);

#endif
