/* SPDX-License-Identifier: Apache-2.0
 * base/processors.h
 * processors: how many of the machine's processors are ours.
 * Asks the kernel each time and keeps nothing. */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

/* Those that this process may run on, at least 1: fewer than there are under taskset, a
 * container's cpuset or a unit's AllowedCPUs. */
unsigned processors_usable(void);

#endif
