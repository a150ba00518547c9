/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs_blocks.h"

#include <errno.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1 << 20 };

void fs_blocks_init(struct fs_blocks *blocks, int fd, off_t at)
{
    *blocks = (struct fs_blocks){ .fd = fd, .at = at };
    buf_init(&blocks->waiting, BLOCK_BYTES);
}

void fs_blocks_finish(struct fs_blocks *blocks)
{
    buf_finish(&blocks->waiting);
}

int fs_blocks_flush(struct fs_blocks *blocks)
{
    const char *from = blocks->waiting.data;
    size_t left = blocks->waiting.len;

    while (left > 0) {
        ssize_t n = pwrite(blocks->fd, from, left, blocks->at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        from += n;
        left -= (size_t)n;
        blocks->at += n;
    }
    buf_clear(&blocks->waiting);
    return 0;
}

static size_t room(const struct fs_blocks *blocks)
{
    return BLOCK_BYTES - (size_t)(blocks->at % BLOCK_BYTES) - blocks->waiting.len;
}

bool fs_blocks_have_room(const struct fs_blocks *blocks, size_t len)
{
    return len < room(blocks);
}

int fs_blocks_add(struct fs_blocks *blocks, const void *data, size_t len)
{
    const char *from = data;

    while (!fs_blocks_have_room(blocks, len)) {
        size_t n = room(blocks);

        buf_add(&blocks->waiting, from, n);
        if (fs_blocks_flush(blocks) != 0)
            return -1;
        from += n;
        len -= n;
    }
    buf_add(&blocks->waiting, from, len);
    return 0;
}
