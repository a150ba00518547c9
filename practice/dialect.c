/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/dialect.h"

#include <string.h>

const struct dialect *practice_dialect(const char *name)
{
    static const struct dialect *const all[] = { &practice_github, &practice_gitea };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    }
    return NULL;
}
