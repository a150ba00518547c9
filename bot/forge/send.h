/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/send.h
 * send: one write with a JSON body, for the files that know what to write. */
#ifndef BOT_FORGE_SEND_H
#define BOT_FORGE_SEND_H
#include "bot/forge/dialect.h"

struct send {
    const char *method;
    char *path; /* taken */
    enum transport_effect effect;
};

/* Takes body (NULL for none). ret_id, unless NULL, receives the reply's "id". */
int forge_send(struct forge *f, const struct send *what, json_t *body, int64_t *ret_id,
               struct err *err);

/* The same; *ret_doc, the reply, is the caller's (NULL when it is empty). */
int forge_send_for(struct forge *f, const struct send *what, json_t *body, json_t **ret_doc,
                   struct err *err);

#endif
