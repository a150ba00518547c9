/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/license/license.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool accepts_if_told(void *ctx, const char *id)
{
    const bool *answer = ctx;

    assert(*id);
    return *answer;
}

/* Any text: all or none of the ids accepted decides the whole; a refusal has a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *const allowed[] = { "CC-BY-4.0", "CC0-1.0" };
    char *text = xstrndup((const char *)data, len);
    bool yes = true, no = false, all = false, none = true;
    struct err err = { 0 };

    if (license_evaluate(&all, text, accepts_if_told, &yes, &err) == 0) {
        assert(license_evaluate(&none, text, accepts_if_told, &no, NULL) == 0);
        assert(all && !none);
    } else {
        assert(err.msg[0]);
    }
    err = (struct err){ 0 };
    if (license_check_allowed(text, allowed, 2, &err) < 0)
        assert(err.msg[0]);
    (void)license_find(text);
    (void)license_nearest(text);
    free(text);
    return 0;
}
