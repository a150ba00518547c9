/* SPDX-License-Identifier: Apache-2.0
 * hub/web/card.h
 * card: a README.md split into its metadata and its text. */
#ifndef HUB_WEB_CARD_H
#define HUB_WEB_CARD_H
#include <stddef.h>

#include "base/json.h"
#include "base/yaml.h"

struct err;

struct card {
    struct yaml_doc meta; /* empty when there is none, or it is broken */
    const char *text;     /* inside the README, behind the metadata */
    size_t text_len;
};

void card_init(struct card *card, const char *readme, size_t len);
/* The same, and says what is wrong with the metadata: -ERR_PARSE, -ERR_LIMIT. */
int card_parse(struct card *card, const char *readme, size_t len, struct err *err);
void card_finish(struct card *card);

/* The text at a path of the metadata ("license", "tags[0]"), or NULL. Borrowed. */
const char *card_get(const struct card *card, const char *path);

/* The metadata as one JSON object. Keys that hold '.' or '[' are taken apart. */
json_t *card_json(const struct card *card);

#endif
