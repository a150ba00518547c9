/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sim_clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int64_t now_ms(void *ctx)
{
    return atomic_load((_Atomic int64_t *)ctx);
}

static void sleep_ms(void *ctx, int64_t ms)
{
    if (ms > 0)
        (void)atomic_fetch_add((_Atomic int64_t *)ctx, ms);
}

struct clock sim_clock(void)
{
    const char *path = getenv(SIM_CLOCK_VARIABLE);

    if (!path)
        return clock_system();
    int fd = open(path, O_RDWR);
    void *at = fd < 0 ? MAP_FAILED
                      : mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    (void)close(fd);
    return (struct clock){ now_ms, sleep_ms, at };
}
