/* SPDX-License-Identifier: Apache-2.0
 * base/fs.h
 * fs: files that readers see whole or not at all.
 * Paths are bounded by PATH_MAX; every read has a limit. Returned memory is the caller's. */
#ifndef BASE_FS_H
#define BASE_FS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct err;

/* Joins with one '/'; the caller frees. Ends with NULL: fs_path(dir, "hub", name, NULL). */
char *fs_path(const char *first, ...) __attribute__((sentinel));

/* Appends the file to out, whose maximum is the limit (-ERR_LIMIT names file and limit). */
int fs_read(struct buf *out, const char *path, struct err *err);

/* As that; -ERR_REFUSED for what is no plain file: reading a pipe would wait for its writer. */
int fs_read_plain(struct buf *out, const char *path, struct err *err);

/* All of it to a descriptor, however many calls that takes: 0, or -1 with errno. */
int fs_write_all(int fd, const void *data, size_t len);

/* Readers see the old file or the new one: write aside, fsync, rename, fsync the folder. */
int fs_write(const char *path, const void *data, size_t len, mode_t mode, struct err *err);

/* As that, from another file of any size. */
int fs_copy(const char *from, const char *to, mode_t mode, struct err *err);

/* Removes what either left aside of this path in processes that were killed, best effort. */
void fs_sweep(const char *path);

int fs_mkdirs(const char *path, mode_t mode, struct err *err); /* existing is fine */
/* Made where it is not there, for owner and group. Who watches it sees a writer close it. */
int fs_touch(const char *path, struct err *err);
bool fs_exists(const char *path);
/* The absolute path without links, dots or doubled slashes; the caller frees. */
int fs_real_path(char **ret, const char *path, struct err *err);

int64_t fs_size(const char *path); /* bytes of a regular file, -1 otherwise */
/* Of all regular files that lie right in a folder; 0 where there is none. */
int64_t fs_folder_bytes(const char *path);

/* Removes a file or a tree, never following a link; what is not there is fine. */
int fs_remove(const char *path, struct err *err);

/* fsync of a folder, after names in it were made or renamed. */
int fs_sync_dir(const char *path, struct err *err);

/* Creates a private folder under dir (or under TMPDIR when dir is NULL). The caller frees. */
int fs_temp_dir(char **ret_path, const char *dir, struct err *err);

/* Takes an exclusive lock on a file that it creates, without waiting: -ERR_LOCKED when another
 * process holds it. The lock ends with close() of *ret_fd or with the process. */
int fs_lock(int *ret_fd, const char *path, struct err *err);

/* Takes a lock as fs_lock() does, but waits for it. Shared ones exclude exclusive ones only. */
enum fs_lock_kind { FS_SHARED, FS_EXCLUSIVE };
int fs_lock_wait(int *ret_fd, const char *path, enum fs_lock_kind kind, struct err *err);

/* Names in a folder, sorted by byte value, without . and ..; at most max_names. */
int fs_list(char ***ret_names, size_t *ret_n, const char *path, size_t max_names,
            struct err *err);
void fs_list_free(char **names, size_t n);

int64_t fs_free_bytes(const char *path, struct err *err); /* or a negative error */
/* -ERR_IO when so many bytes more would leave less than FS_SPARE_BYTES free: who keeps a
 * stranger's bytes asks first, so that the databases beside them can still be written. */
enum { FS_SPARE_BYTES = 64 << 20 };
int fs_check_room(const char *path, int64_t bytes, struct err *err);

/* Bytes from the kernel's generator, for secrets and temporary names. */
void fs_random(void *out, size_t len);

/* Appends a file that only its owner, and readers of its group, may open, such as a key;
 * -ERR_CONFIG for one that others may. */
int fs_read_private(struct buf *out, const char *path, struct err *err);

/* A secret from such a file: one line, without its newline. */
int fs_read_secret(char **ret_secret, const char *path, struct err *err);

#endif
