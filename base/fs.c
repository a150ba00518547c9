/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

enum { SECRET_MAX_BYTES = 16384, PATH_PARTS_MAX_BYTES = 1 << 16 };

char *fs_path(const char *first, ...)
{
    struct buf path;
    va_list parts;

    buf_init(&path, PATH_PARTS_MAX_BYTES);
    buf_add_str(&path, first);
    va_start(parts, first);
    for (const char *part; (part = va_arg(parts, const char *)) != NULL;) {
        if (path.len > 0 && path.data[path.len - 1] != '/')
            buf_add_char(&path, '/');
        buf_add_str(&path, part);
    }
    va_end(parts);
    return buf_take(&path);
}

int fs_read(struct buf *out, const char *path, struct err *err)
{
    char piece[65536];
    int rc = 0;

    FILE *f = fopen(path, "rbe");
    if (!f)
        return err_errno(err, "cannot open '%s'", path);

    for (size_t n; !out->overflow && (n = fread(piece, 1, sizeof(piece), f)) > 0;)
        buf_add(out, piece, n);
    if (ferror(f))
        rc = err_errno(err, "cannot read '%s'", path);
    else
        rc = buf_check(out, path, err);
    (void)fclose(f);
    return rc;
}

int fs_read_plain(struct buf *out, const char *path, struct err *err)
{
    if (fs_exists(path) && fs_size(path) < 0)
        return err_set(err, ERR_REFUSED, "'%s': not a plain file", path);
    return fs_read(out, path, err);
}

int fs_mkdirs(const char *path, mode_t mode, struct err *err)
{
    char *partial = xstrdup(path);
    int rc = 0;

    for (char *p = partial + 1; rc == 0; p++) {
        char was = *p;

        if (was != '/' && was != '\0')
            continue;
        *p = '\0';
        if (mkdir(partial, mode) != 0 && errno != EEXIST)
            rc = err_errno(err, "cannot create folder '%s'", partial);
        *p = was;
        if (was == '\0')
            break;
    }
    struct stat st;
    if (rc == 0 && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
        rc = err_set(err, ERR_IO, "'%s' is not a folder", path);
    free(partial);
    return rc;
}

int fs_touch(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0660);
    int rc = 0;

    if (fd < 0)
        return err_errno(err, "cannot touch '%s'", path);
    if (futimens(fd, NULL) != 0)
        rc = err_errno(err, "cannot touch '%s'", path);
    (void)close(fd);
    return rc;
}

bool fs_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

int fs_real_path(char **ret, const char *path, struct err *err)
{
    char *real = realpath(path, NULL);

    if (!real)
        return err_errno(err, "cannot find '%s'", path);
    *ret = real;
    return 0;
}

int64_t fs_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

int64_t fs_folder_bytes(const char *path)
{
    DIR *dir = opendir(path);
    int64_t sum = 0;
    struct stat st;

    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode))
            sum += (int64_t)st.st_size;
    if (dir)
        (void)closedir(dir);
    return sum;
}

static int remove_children(const char *path, struct err *err)
{
    int rc = 0;

    DIR *dir = opendir(path);
    if (!dir)
        return err_errno(err, "cannot open folder '%s'", path);

    for (struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *child = fs_path(path, entry->d_name, NULL);
        rc = fs_remove(child, err);
        free(child);
    }
    (void)closedir(dir);
    return rc;
}

int fs_remove(const char *path, struct err *err)
{
    struct stat st;
    int rc = 0;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : err_errno(err, "cannot look at '%s'", path);
    if (!S_ISDIR(st.st_mode)) {
        if (unlink(path) != 0 && errno != ENOENT)
            rc = err_errno(err, "cannot remove '%s'", path);
        return rc;
    }
    rc = remove_children(path, err);
    if (rc == 0 && rmdir(path) != 0 && errno != ENOENT)
        rc = err_errno(err, "cannot remove folder '%s'", path);
    return rc;
}

int fs_temp_dir(char **ret_path, const char *dir, struct err *err)
{
    const char *tmp = getenv("TMPDIR");

    if (!dir)
        dir = tmp && *tmp ? tmp : "/tmp";
    char *path = fs_path(dir, "hearth-XXXXXX", NULL);
    if (!mkdtemp(path)) {
        int rc = err_errno(err, "cannot create a folder in '%s'", dir);
        free(path);
        return rc;
    }
    *ret_path = path;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int fs_list(char ***ret_names, size_t *ret_n, const char *path, size_t max_names,
            struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    int rc = 0;

    DIR *dir = opendir(path);
    if (!dir)
        return err_errno(err, "cannot open folder '%s'", path);

    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (n == max_names) {
            rc = err_set(err, ERR_LIMIT, "'%s': more than %zu entries", path, max_names);
            break;
        }
        names = xrealloc_array(names, n + 1, sizeof(*names));
        names[n++] = xstrdup(entry->d_name);
    }
    (void)closedir(dir);
    if (rc < 0) {
        fs_list_free(names, n);
        return rc;
    }
    if (n > 1)
        qsort(names, n, sizeof(*names), by_bytes);
    *ret_names = names;
    *ret_n = n;
    return 0;
}

void fs_list_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

int64_t fs_free_bytes(const char *path, struct err *err)
{
    struct statvfs vfs;

    if (statvfs(path, &vfs) != 0)
        return err_errno(err, "cannot look at the disk of '%s'", path);
    return (int64_t)vfs.f_bavail * (int64_t)vfs.f_frsize;
}

int fs_check_room(const char *path, int64_t bytes, struct err *err)
{
    int64_t free_bytes = fs_free_bytes(path, err);

    if (free_bytes < 0)
        return (int)free_bytes;
    if (bytes > free_bytes || free_bytes - bytes < FS_SPARE_BYTES)
        return err_set(err, ERR_IO, "the disk of '%s' has no room for %lld bytes more", path,
                       (long long)bytes);
    return 0;
}

void fs_random(void *out, size_t len)
{
    unsigned char *p = out;

    while (len > 0) {
        ssize_t n = getrandom(p, len < 256 ? len : 256, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            (void)fprintf(stderr, "error no-random-numbers\n");
            abort();
        }
        p += n;
        len -= (size_t)n;
    }
}

int fs_read_private(struct buf *out, const char *path, struct err *err)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return err_errno(err, "cannot open secret '%s'", path);
    if (st.st_mode & (S_IRWXO | S_IWGRP))
        return err_set(err, ERR_CONFIG, "secret '%s' is open to others: chmod 600 it", path);
    return fs_read(out, path, err);
}

int fs_read_secret(char **ret_secret, const char *path, struct err *err)
{
    struct buf text;

    buf_init(&text, SECRET_MAX_BYTES);
    int rc = fs_read_private(&text, path, err);
    if (rc == 0) {
        text.data[strcspn(text.data, "\r\n")] = '\0';
        if (text.data[0] == '\0')
            rc = err_set(err, ERR_CONFIG, "secret '%s' is empty", path);
    }
    if (rc == 0)
        *ret_secret = xstrdup(text.data);
    buf_finish(&text);
    return rc;
}
