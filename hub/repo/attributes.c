/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/attributes.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

#define LFS " filter=lfs diff=lfs merge=lfs -text\n"

const char attributes_default[] =
    "*.7z" LFS "*.arrow" LFS "*.bin" LFS "*.bz2" LFS "*.ckpt" LFS "*.ftz" LFS "*.gguf" LFS
    "*.gz" LFS "*.h5" LFS "*.joblib" LFS "*.model" LFS "*.mp4" LFS "*.msgpack" LFS "*.npy" LFS
    "*.npz" LFS "*.onnx" LFS "*.ot" LFS "*.parquet" LFS "*.pb" LFS "*.pickle" LFS "*.pkl" LFS
    "*.pt" LFS "*.pth" LFS "*.rar" LFS "*.safetensors" LFS "*.tar" LFS "*.tar.*" LFS
    "*.tflite" LFS "*.tgz" LFS "*.wasm" LFS "*.wav" LFS "*.xz" LFS "*.zip" LFS "*.zst" LFS;

/* "a[[:space:]]b" is how a blank stands in a pattern; fnmatch() knows it. */
static bool is_match(const char *pattern, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *stars = strstr(pattern, "/**");

    if (stars && stars[3] == '\0') {
        size_t len = (size_t)(stars - pattern) + 1;
        return strncmp(pattern, path, len) == 0;
    }
    if (!strchr(pattern, '/'))
        return fnmatch(pattern, slash ? slash + 1 : path, 0) == 0;
    return fnmatch(pattern + (pattern[0] == '/'), path, FNM_PATHNAME) == 0;
}

/* 1: the line hands the path to LFS, 0: it takes it back, -1: it says nothing. */
static int judge(char *line, const char *path)
{
    char *attributes = line + strcspn(line, " \t");

    if (line[0] == '#' || line[0] == '\0' || *attributes == '\0')
        return -1;
    *attributes++ = '\0';
    if (!is_match(line, path))
        return -1;
    if (strstr(attributes, "-filter") || strstr(attributes, "!filter"))
        return 0;
    return strstr(attributes, "filter=lfs") ? 1 : -1;
}

bool attributes_is_lfs(const char *text, const char *path)
{
    bool is_lfs = false;

    while (*text) {
        size_t len = strcspn(text, "\r\n");
        char *line = xstrndup(text, len);
        int verdict = judge(line, path);

        free(line);
        if (verdict >= 0)
            is_lfs = verdict > 0;
        text += len;
        text += strspn(text, "\r\n");
    }
    return is_lfs;
}

void attributes_add_lfs(struct buf *text, const char *path)
{
    if (text->len > 0 && text->data[text->len - 1] != '\n')
        buf_add_char(text, '\n');
    buf_add_char(text, '/'); /* of the root, not a name at any depth */
    for (; *path; path++) {
        if (*path == ' ' || *path == '\t') {
            buf_add_str(text, "[[:space:]]");
            continue;
        }
        if (strchr("*?[\\\"", *path))
            buf_add_char(text, '\\');
        buf_add_char(text, *path);
    }
    buf_add_str(text, LFS);
}
