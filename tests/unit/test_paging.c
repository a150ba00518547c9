/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/paging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static const struct {
    const char *target;
    size_t n;
    int64_t total;
    const char *next;
} pages[] = {
    /* An empty page is the end; nothing else is, beyond the first. */
    { "/r/issues?limit=50&page=3", 0, 100, "" },
    { "/r/issues?limit=50&page=3", 7, 107, "/r/issues?limit=50&page=4" },
    { "/r/issues?limit=50&page=2", 50, 100, "/r/issues?limit=50&page=3" },
    /* The first one may hold all that there is. */
    { "/r/issues?limit=50&page=1", 7, 7, "" },
    { "/r/issues?limit=50&page=1&since=x", 0, 0, "" },
    /* A full page may have pushed one out; a short one may be clipped, or count nothing. */
    { "/r/issues?limit=50&page=1", 50, 50, "/r/issues?limit=50&page=2" },
    { "/r/issues?limit=50&page=1&state=all", 30, 90, "/r/issues?limit=50&page=2&state=all" },
    { "/r/issues?limit=50&page=1", 7, -1, "/r/issues?limit=50&page=2" },
    /* What is not paged has no next one. */
    { "/r/issues/7/timeline", 400, 400, "" },
    { "/r/issues?xpage=1&limit=50", 50, 90, "" },
    { "/r/issues?page=0", 50, 90, "" },
    { "/r/issues?page=-1", 50, 90, "" },
    { "/r/issues?page=99999999999999999999", 50, 90, "" },
};

static void pages_are_counted_until_one_is_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct buf next;

        buf_init(&next, 1000);
        paging_next(&next, pages[i].target, pages[i].n, pages[i].total);
        if (strcmp(next.data, pages[i].next) != 0)
            fail_msg("%s (%zu of %d): '%s'", pages[i].target, pages[i].n, (int)pages[i].total,
                     next.data);
        buf_finish(&next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_counted_until_one_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
