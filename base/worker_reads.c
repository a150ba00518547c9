/* SPDX-License-Identifier: Apache-2.0
 * Landlock: which files a jailed worker may read. What it prints in its frames ends in public
 * comments, so a worker that a stranger's bytes took over must not find our token, our database
 * or another process under /proc. Kernels without Landlock leave reading as it is. */
#include "base/worker_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/json.h"
#include "base/worker.h"

/* What libraries look at while they run; none of it is ours. */
static const char *const system_reads[] = {
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ssl",
    "/etc/ld.so.cache",
    "/proc/self",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/urandom",
};
enum { N_SYSTEM_READS = sizeof(system_reads) / sizeof(system_reads[0]) };

static const __u64 reading_files = LANDLOCK_ACCESS_FS_READ_FILE;
static const __u64 reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/* Every right of the first Landlock: what no rule grants is refused. */
static const __u64 everything = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

static long kernel_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
                   LANDLOCK_CREATE_RULESET_VERSION);
}

bool worker_can_confine_reads(void)
{
    return !WORKER_SANITIZED && kernel_version() >= 1;
}

/* A path that is not there needs no rule: who opens it will say so. */
static int allow(int ruleset, const char *path, struct err *err)
{
    struct landlock_path_beneath_attr rule = { .allowed_access = reading };
    struct stat st;
    int rc = 0;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0
                                                   : err_errno(err, "cannot open '%s'", path);
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access = reading_files;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        rc = err_errno(err, "cannot allow reading '%s'", path);
    (void)close(rule.parent_fd);
    return rc;
}

int worker_confine_reads(const struct worker_kind *kind, const json_t *request, struct err *err)
{
    const struct landlock_ruleset_attr attr = { .handled_access_fs = everything };
    int rc = 0;

    if (kernel_version() < 1)
        return 0;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return err_errno(err, "cannot confine reading");
    for (size_t i = 0; rc == 0 && i < N_SYSTEM_READS; i++)
        rc = allow(ruleset, system_reads[i], err);
    for (const char *const *key = kind->reads; rc == 0 && key && *key; key++) {
        const char *path = json_string_value(json_object_get(request, *key));

        if (path && *path)
            rc = allow(ruleset, path, err);
    }
    if (rc == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                    syscall(SYS_landlock_restrict_self, ruleset, 0) != 0))
        rc = err_errno(err, "cannot confine reading");
    (void)close(ruleset);
    return rc;
}
