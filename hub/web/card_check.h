/* SPDX-License-Identifier: Apache-2.0
 * hub/web/card_check.h
 * card_check: what is wrong with a card before it is uploaded, for programs and people.
 * For hub/web, and for cli/hook.c, which asks the same of a push. */
#ifndef HUB_WEB_CARD_CHECK_H
#define HUB_WEB_CARD_CHECK_H
#include <stddef.h>

#include "base/json.h"

/* {"errors": [{"message"}], "warnings": [{"message"}]} of a README.md. The caller's
 * json_decref. */
json_t *card_check(const char *readme, size_t len);

/* The first message of a list, or NULL. Borrowed. */
const char *card_check_first(const json_t *result, const char *list);

#endif
