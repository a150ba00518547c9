/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "bot/marker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A comment that we wrote ourselves is known again, whatever its text says. */
static void own_comment_is_known(const char *markdown)
{
    json_t *facts = json_pack("{s:s}", "key", "7/retrain/4fd1c0");
    char rule[MARKER_MAX_RULE];
    struct buf body;

    buf_init(&body, 1 << 20);
    comment_render(&body, "retrain", facts, markdown);
    assert(marker_rule(rule, body.data));
    assert(strcmp(rule, "retrain") == 0);
    assert(comment_is_same(body.data, body.data));

    json_t *again = marker_facts(body.data);
    assert(json_equal(facts, again));
    json_decref(again);
    buf_finish(&body);
    json_decref(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xstrndup((const char *)data, len);
    char rule[MARKER_MAX_RULE];

    if (marker_rule(rule, text))
        assert(marker_is_rule(rule));
    json_decref(marker_facts(text));
    own_comment_is_known(text);
    free(text);
    return 0;
}
