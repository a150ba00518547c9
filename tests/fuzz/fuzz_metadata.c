/* SPDX-License-Identifier: Apache-2.0
 * The labels of a folder of pictures: whatever is taken stays in the folder. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "model/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int add(void *ctx, const struct metadata_entry *entry, struct err *err)
{
    size_t *n = ctx, len = strlen(entry->name);

    (void)err;
    ++*n;
    assert(len > 0 && len <= METADATA_MAX_NAME);
    assert(entry->name[0] != '/' && !strstr(entry->name, "..") && !strchr(entry->name, '\n'));
    assert(entry->label >= 0 && entry->label <= 9);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = 0;

    (void)metadata_read((const char *)data, size, "input", add, &n, NULL);
    assert(n <= size / 4); /* a name, a comma, a digit and the end of the line before */
    return 0;
}
