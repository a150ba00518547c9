/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/version.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum { PARTS = 3 };

static const int64_t PART_MAX = 999999;

static bool read_version(int64_t parts[PARTS], const char *text)
{
    char copy[VERSION_SIZE];
    char *p = copy;

    if (strlen(text) >= sizeof(copy))
        return false;
    (void)snprintf(copy, sizeof(copy), "%s", text);
    for (int i = 0; i < PARTS; i++) {
        char *end = p + strcspn(p, ".");
        bool is_last = *end == '\0';

        *end = '\0';
        if (is_last != (i == PARTS - 1) || (p[0] == '0' && p[1] != '\0') ||
            parse_i64(&parts[i], p, 0, PART_MAX, "version", NULL) < 0)
            return false;
        p = end + 1;
    }
    return true;
}

bool version_is(const char *text)
{
    int64_t parts[PARTS];

    return read_version(parts, text);
}

void version_next(char ret[VERSION_SIZE], const char *previous)
{
    int64_t parts[PARTS] = { 1, 0, 0 };

    if (previous[0] != '\0') {
        bool ok = read_version(parts, previous);

        assert(ok);
        (void)ok;
    }
    (void)snprintf(ret, VERSION_SIZE, "%" PRId64 ".%" PRId64 ".0", parts[0], parts[1] + 1);
}
