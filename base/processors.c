/* SPDX-License-Identifier: Apache-2.0 */
#include "base/processors.h"

#include <sched.h>
#include <unistd.h>

unsigned processors_usable(void)
{
    cpu_set_t usable;

    /* Fails on machines with more processors than the set holds. */
    long n = sched_getaffinity(0, sizeof(usable), &usable) == 0 ? CPU_COUNT(&usable)
                                                                : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}
