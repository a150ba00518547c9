/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lazy.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef HEARTH_LAZY
extern struct lazy lazy_git2;

/* Threads that come at once fill the same slots with the same addresses, each one whole. */
void lazy_load(struct lazy *library)
{
    void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);

    for (size_t i = 0; handle && i < library->n; i++) {
        void *function = dlsym(handle, library->names[i]);

        if (!function)
            handle = NULL;
        else
            __atomic_store_n(&library->slots[i], function, __ATOMIC_RELEASE);
    }
    if (!handle) {
        (void)fprintf(stderr, "hearth: cannot load a library: %s\n", dlerror());
        abort();
    }
}

void lazy_load_git(void)
{
    lazy_load(&lazy_git2);
}
#else
void lazy_load_git(void)
{
}
#endif
