/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/pointer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

static const char head[] = "version https://git-lfs.github.com/spec/v1\noid sha256:";
static const char middle[] = "\nsize ";

bool pointer_parse(struct pointer *ret, const char *text, size_t len)
{
    const size_t head_len = sizeof(head) - 1, middle_len = sizeof(middle) - 1;
    const size_t oid_len = SHA256_HEX_SIZE - 1, size_at = head_len + oid_len + middle_len;
    char number[24] = "";
    struct pointer p;

    if (len <= size_at || len - size_at > sizeof(number) || text[len - 1] != '\n' ||
        memcmp(text, head, head_len) != 0 ||
        memcmp(text + head_len + oid_len, middle, middle_len) != 0)
        return false;
    memcpy(p.oid, text + head_len, oid_len);
    p.oid[oid_len] = '\0';
    memcpy(number, text + size_at, len - size_at - 1);
    if (!hex_is(p.oid, oid_len) || number[0] == '-' ||
        parse_i64(&p.size, number, 0, INT64_MAX, "size", NULL) < 0)
        return false;
    *ret = p;
    return true;
}

size_t pointer_format(char out[POINTER_MAX_BYTES], const struct pointer *pointer)
{
    int len = snprintf(out, POINTER_MAX_BYTES, "%s%s%s%" PRId64 "\n", head, pointer->oid,
                       middle, pointer->size);

    return (size_t)len;
}
