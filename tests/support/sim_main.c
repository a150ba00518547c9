/* SPDX-License-Identifier: Apache-2.0
 * The whole program with the clock of the tests: commands and the practice forge share it. */
#include "cli/cmd.h"
#include "tests/support/sim_clock.h"

int main(int argc, char **argv)
{
    return hearth_main(argc, argv, sim_clock());
}
