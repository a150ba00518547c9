/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/cmd.h"

int main(int argc, char **argv)
{
    return hearth_main(argc, argv, clock_system());
}
