/* SPDX-License-Identifier: Apache-2.0
 * tests/support/sim_clock.h
 * sim_clock: a clock that several processes share, in which sleeping costs no time.
 * The environment variable names a file of eight bytes, unix milliseconds; reading it is the
 * time, sleeping adds to it. Only test programs know it: the product has no switch for it. */
#ifndef TESTS_SUPPORT_SIM_CLOCK_H
#define TESTS_SUPPORT_SIM_CLOCK_H
#include "base/clock.h"

#define SIM_CLOCK_VARIABLE "HEARTH_SIM_CLOCK"

/* The shared clock, or the system's where the variable is not set: worker children have no
 * environment. Ends the program with a message when the file cannot be mapped. */
struct clock sim_clock(void);

#endif
