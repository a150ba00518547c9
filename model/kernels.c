/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernels.h"

#include <string.h>

#include "base/err.h"
#include "model/kernels_isa.h"

static enum kernels_presence always(void)
{
    return KERNELS_PRESENT;
}

#ifdef __x86_64__
static enum kernels_presence has_v3(void)
{
    int all = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");

    return all ? KERNELS_PRESENT : KERNELS_ABSENT;
}

static enum kernels_presence has_v4(void)
{
    int all = has_v3() == KERNELS_PRESENT && __builtin_cpu_supports("avx512f") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512bw");

    return all ? KERNELS_PRESENT : KERNELS_ABSENT;
}
#endif

/* Best last. */
static const struct {
    const struct kernels *kernels;
    enum kernels_presence (*presence)(void);
} sets[] = {
    { &kernels_baseline, always },
#ifdef __x86_64__
    { &kernels_v3, has_v3 },
    { &kernels_v4, has_v4 },
#endif
};

enum { N_SETS = sizeof(sets) / sizeof(sets[0]) };

const struct kernels *kernels_at(size_t i, enum kernels_presence *ret_presence)
{
    if (i >= N_SETS)
        return NULL;
    *ret_presence = sets[i].presence();
    return sets[i].kernels;
}

static int choose_by_name(const struct kernels **ret, const char *name, struct err *err)
{
    for (size_t i = 0; i < N_SETS; i++) {
        if (strcmp(sets[i].kernels->name, name) != 0)
            continue;
        if (sets[i].presence() == KERNELS_ABSENT)
            return err_set(err, ERR_USAGE, "HEARTH_ISA: this CPU has no %s", name);
        *ret = sets[i].kernels;
        return 0;
    }
    return err_set(err, ERR_USAGE, "HEARTH_ISA: '%s' is none of baseline, v3, v4 of this build",
                   name);
}

int kernels_choose(const struct kernels **ret, const char *name, struct err *err)
{
    if (name && *name)
        return choose_by_name(ret, name, err);

    for (size_t i = N_SETS; i-- > 0;) {
        if (sets[i].presence() == KERNELS_PRESENT) {
            *ret = sets[i].kernels;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "no kernel set for this CPU");
}
