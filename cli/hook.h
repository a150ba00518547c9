/* SPDX-License-Identifier: Apache-2.0
 * cli/hook.h
 * hook: this program as git's pre-receive hook, which judges a push before its refs move. */
#ifndef CLI_HOOK_H
#define CLI_HOOK_H
#include <stdbool.h>

/* First thing in main: when git calls us by the hook's name, judges and returns true with the
 * exit code. What is wrong goes to stderr, which git shows to who pushes. */
bool hook_main(int *ret_code, char **argv);

#endif
