/* SPDX-License-Identifier: Apache-2.0
 * Which names a tree of ours may hold: what git itself would check out, and no other spelling
 * of ".git" that a file system takes for it (git fsck's hasDotgit). */
#include "base/git_impl.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"

/* NTFS drops dots and blanks at the end, has a short name for each file and streams behind a
 * colon; Windows takes a backslash for a slash. */
static bool is_dot_git_on_windows(const char *at, const char *end)
{
    static const char *const names[] = { ".git", "git~1" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = strlen(names[i]);
        const char *rest = at + len;

        if ((size_t)(end - at) < len || strncasecmp(at, names[i], len) != 0)
            continue;
        while (rest < end && strchr(" .", *rest))
            rest++;
        if (rest == end || strchr("\\:", *rest))
            return true;
    }
    return false;
}

/* Bytes of a character that HFS+ leaves out of names: U+200C-200F, 202A-202E, 206A-206F, FEFF;
 * 0 for any other. */
static size_t ignored_by_hfs(const char *at, const char *end)
{
    const unsigned char *c = (const unsigned char *)at;

    if (end - at < 3)
        return 0;
    if (c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf)
        return 3;
    if (c[0] != 0xe2)
        return 0;
    bool is_joiner = c[1] == 0x80 && c[2] >= 0x8c && c[2] <= 0x8f;
    bool is_direction = c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae;
    bool is_shaping = c[1] == 0x81 && c[2] >= 0xaa && c[2] <= 0xaf;
    return is_joiner || is_direction || is_shaping ? 3 : 0;
}

static bool is_dot_git_on_macos(const char *at, const char *end)
{
    char seen[sizeof(".git")];
    size_t n = 0;

    while (at < end) {
        size_t skip = ignored_by_hfs(at, end);

        if (skip == 0 && n == sizeof(seen) - 1)
            return false;
        if (skip == 0)
            seen[n++] = *at;
        at += skip ? skip : 1;
    }
    seen[n] = '\0';
    return text_equal_ignoring_case(seen, ".git");
}

static bool is_dot_git(const char *name, size_t len)
{
    const char *end = name + len;

    for (const char *at = name; at;) {
        if (is_dot_git_on_windows(at, end))
            return true;
        at = memchr(at, '\\', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    return is_dot_git_on_macos(name, end);
}

int git_check_name(const char *name, size_t len, const char *what, struct err *err)
{
    if (len == 0 || (len <= 2 && memcmp(name, "..", len) == 0))
        return err_set(err, ERR_REFUSED, "path '%s': a segment is '%.*s'", what, (int)len,
                       name);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];

        if (c < 0x20 || c == 0x7f || c == '/')
            return err_set(err, ERR_REFUSED, "path '%s': a segment with byte 0x%02x", what, c);
    }
    if (!text_is_utf8(name, len))
        return err_set(err, ERR_REFUSED, "a path under '%s' is not UTF-8", what);
    if (is_dot_git(name, len))
        return err_set(err, ERR_REFUSED,
                       "path '%s': a segment is '.git', or some systems take it for that",
                       what);
    return 0;
}
