/* SPDX-License-Identifier: Apache-2.0
 * jansson seeds its hash tables anew in every process, and which buckets collide is coverage
 * that a fuzzer follows. Linked to every fuzzer: the same seed gives the same inputs. */
#include <stddef.h>

#include "base/json.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    json_object_seed(1);
    return 0;
}
