/* SPDX-License-Identifier: Apache-2.0
 * Locks between processes, and between threads that open the file each for itself. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

static int lock_file(int *ret_fd, const char *path, int operation, struct err *err)
{
    int rc;

    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (fd < 0)
        return err_errno(err, "cannot open lock '%s'", path);
    do
        rc = flock(fd, operation);
    while (rc != 0 && errno == EINTR);
    if (rc != 0) {
        rc = errno == EWOULDBLOCK
                 ? err_set(err, ERR_LOCKED, "another instance holds '%s'", path)
                 : err_errno(err, "cannot lock '%s'", path);
        (void)close(fd);
        return rc;
    }
    *ret_fd = fd;
    return 0;
}

int fs_lock(int *ret_fd, const char *path, struct err *err)
{
    return lock_file(ret_fd, path, LOCK_EX | LOCK_NB, err);
}

int fs_lock_wait(int *ret_fd, const char *path, enum fs_lock_kind kind, struct err *err)
{
    int rc = lock_file(ret_fd, path, kind == FS_SHARED ? LOCK_SH : LOCK_EX, err);

    if (rc == 0)
        (void)fchmod(*ret_fd, 0660); /* for the group's other users, whatever the umask */
    return rc;
}
