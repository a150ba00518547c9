/* SPDX-License-Identifier: Apache-2.0
 * base/fs_blocks.h
 * fs_blocks: bytes on their way into a large file, written in whole blocks of 1 MiB however
 * small the pieces are that they come in.
 * The kernel's page cache keeps what one write brought side by side in memory: a file that was
 * written so is sent a fifth faster than one written in odd pieces (decision 0055). */
#ifndef BASE_FS_BLOCKS_H
#define BASE_FS_BLOCKS_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

struct fs_blocks {
    int fd;
    off_t at;           /* where in the file the first byte that waits belongs */
    struct buf waiting; /* grows with what comes, to a block at most */
};

/* Written from this offset on; blocks end at multiples of their size in the file. The
 * descriptor stays the caller's. */
void fs_blocks_init(struct fs_blocks *blocks, int fd, off_t at);
void fs_blocks_finish(struct fs_blocks *blocks); /* what still waits is dropped */

/* 0, or -1 with errno. */
int fs_blocks_add(struct fs_blocks *blocks, const void *data, size_t len);
int fs_blocks_flush(struct fs_blocks *blocks); /* all that waits, at the end of the file too */
/* Whether so many more bytes would wait, and none be written. */
bool fs_blocks_have_room(const struct fs_blocks *blocks, size_t len);

#endif
