/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "hub/web/card.h"
#include "hub/web/card_check.h"

enum { MAX_JSON_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Metadata of any card: it has a verdict, and what can be read of it is JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *readme = xstrndup((const char *)data, len);
    json_t *result = card_check(readme, strlen(readme)), *again = NULL;
    struct card card;
    struct buf text;

    assert(json_is_array(json_object_get(result, "errors")));
    assert(json_is_array(json_object_get(result, "warnings")));
    buf_init(&text, MAX_JSON_BYTES);
    if (card_parse(&card, readme, strlen(readme), NULL) == 0) {
        json_t *meta = card_json(&card);

        json_write(&text, meta, 0);
        assert(json_is_object(meta));
        assert(json_parse(&again, text.data, text.len, "card", NULL) == 0);
        assert(json_equal(meta, again));
        json_decref(meta);
    } else {
        assert(card_check_first(result, "errors"));
    }
    card_finish(&card);
    buf_finish(&text);
    json_decref(again);
    json_decref(result);
    free(readme);
    return 0;
}
