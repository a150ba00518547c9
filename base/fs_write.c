/* SPDX-License-Identifier: Apache-2.0
 * A file grows aside, as NAME.PID.tmp, and then takes the place of NAME. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parse.h"

enum { MAX_NAMES = 100000 };

static char *aside_of(const char *path)
{
    return xasprintf("%s.%ld.tmp", path, (long)getpid());
}

int fs_write_all(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return xstrdup(".");
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

int fs_sync_dir(const char *path, struct err *err)
{
    int rc = 0;

    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        rc = err_errno(err, "cannot sync folder '%s'", path);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* A new name lasts once the folder that holds it is on disk. */
static int sync_parent(const char *path, struct err *err)
{
    char *dir = parent_of(path);
    int rc = fs_sync_dir(dir, err);

    free(dir);
    return rc;
}

static int copy_bytes(int from, int to)
{
    char piece[65536];
    ssize_t n;

    while ((n = read(from, piece, sizeof(piece))) > 0)
        if (fs_write_all(to, piece, (size_t)n) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

int fs_copy(const char *from, const char *to, mode_t mode, struct err *err)
{
    char *aside = aside_of(to);
    int rc = 0;

    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (in < 0 || out < 0)
        rc = err_errno(err, in < 0 ? "cannot open '%s'" : "cannot create '%s'",
                       in < 0 ? from : to);
    else if (copy_bytes(in, out) != 0 || fsync(out) != 0 || rename(aside, to) != 0)
        rc = err_errno(err, "cannot copy to '%s'", to);
    else
        rc = sync_parent(to, err);
    if (rc < 0 && out >= 0)
        (void)unlink(aside);
    if (in >= 0)
        (void)close(in);
    if (out >= 0)
        (void)close(out);
    free(aside);
    return rc;
}

int fs_write(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
    char *aside = aside_of(path);
    int rc = 0;

    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) {
        rc = err_errno(err, "cannot create '%s'", path);
        goto out;
    }
    if (fs_write_all(fd, data, len) != 0 || fsync(fd) != 0)
        rc = err_errno(err, "cannot write '%s'", path);
    if (close(fd) != 0 && rc == 0)
        rc = err_errno(err, "cannot write '%s'", path);
    if (rc == 0 && rename(aside, path) != 0)
        rc = err_errno(err, "cannot replace '%s'", path);
    if (rc < 0)
        (void)unlink(aside);
    else
        rc = sync_parent(path, err);

out:
    free(aside);
    return rc;
}

/* entry is NAME.PID.tmp of a process that is no more. */
static bool is_left_aside(const char *entry, const char *name)
{
    size_t len = strlen(name);
    int64_t pid = 0;

    if (strncmp(entry, name, len) != 0 || entry[len] != '.')
        return false;
    const char *digits = entry + len + 1, *dot = strchr(digits, '.');
    if (!dot || strcmp(dot, ".tmp") != 0)
        return false;
    char *text = xstrndup(digits, (size_t)(dot - digits));
    int rc = parse_i64(&pid, text, 1, INT32_MAX, "process id", NULL);
    free(text);
    return rc == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void fs_sweep(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = parent_of(path), **names = NULL;
    size_t n = 0;

    if (fs_list(&names, &n, dir, MAX_NAMES, NULL) == 0) {
        for (size_t i = 0; i < n; i++) {
            char *entry = fs_path(dir, names[i], NULL);

            if (is_left_aside(names[i], slash ? slash + 1 : path))
                (void)unlink(entry);
            free(entry);
        }
        fs_list_free(names, n);
    }
    free(dir);
}
