/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fs.h"

json_t *fixture_load(const char *dir, const char *name)
{
    char *path = fs_path(FIXTURES, dir, name, NULL);
    struct err err = { 0 };
    json_t *doc = NULL;
    struct buf text;

    buf_init(&text, 1 << 20);
    if (fs_read(&text, path, &err) < 0 || json_parse(&doc, text.data, text.len, name, &err) < 0)
        fail_msg("%s", err.msg);
    buf_finish(&text);
    free(path);
    return doc;
}

struct json_reader fixture_reader(void)
{
    struct json_reader r;

    json_reader_init(&r, "it");
    return r;
}

void fixture_check(const struct json_reader *r)
{
    if (r->first.code != 0)
        fail_msg("%s", r->first.msg);
}
