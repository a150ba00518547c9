/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spool.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fs.h"

/* A file that has no name, or had one for a moment where the folder cannot have others. */
int spool_open(const char *dir, struct err *err)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    char *path = fs_path(dir, "spool-XXXXXX", NULL);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        (void)err_errno(err, "cannot create '%s'", path);
    else
        (void)unlink(path);
    free(path);
    return fd < 0 ? -ERR_IO : fd;
}

int spool_add(int fd, const void *data, size_t len, struct err *err)
{
    return fs_write_all(fd, data, len) == 0
               ? 0
               : err_errno(err, "cannot keep the body of a request");
}

int spool_map(const void **ret, size_t *ret_len, int fd, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_errno(err, "cannot look at the body of a request");
    *ret_len = (size_t)st.st_size;
    *ret = "";
    if (st.st_size == 0)
        return 0;
    void *data = mmap(NULL, *ret_len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return err_errno(err, "cannot map the body of a request");
    *ret = data;
    return 0;
}

void spool_unmap(const void *data, size_t len)
{
    if (len > 0)
        (void)munmap((void *)(uintptr_t)data, len);
}
