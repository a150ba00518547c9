/* SPDX-License-Identifier: Apache-2.0 */
#include "model/arch.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

/* One row per architecture. */
static const struct arch *const archs[] = {
    &arch_mlp,
    &arch_cnn,
    &arch_rnn,
    &arch_vae,
};

enum { N_ARCHS = sizeof(archs) / sizeof(archs[0]) };

const struct arch *arch_at(size_t i)
{
    return i < N_ARCHS ? archs[i] : NULL;
}

int arch_find(const struct arch **ret, const char *name, struct err *err)
{
    char names[256] = "";

    for (size_t i = 0; i < N_ARCHS; i++) {
        if (strcmp(archs[i]->name, name) == 0) {
            *ret = archs[i];
            return 0;
        }
        size_t len = strlen(names);
        (void)snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "",
                       archs[i]->name);
    }
    return err_set(err, ERR_USAGE, "no architecture '%s'; there are: %s", name, names);
}

const struct recipe *arch_recipe(const struct arch *arch, size_t side)
{
    return side > 8 && arch->recipe_large ? arch->recipe_large : &arch->recipe;
}
