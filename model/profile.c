/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile.h"

const char *const phase_names[N_PHASES] = {
    [PHASE_PREPARE] = "prepare",       [PHASE_INPUT] = "input",
    [PHASE_FORWARD] = "forward",       [PHASE_BACKWARD] = "backward",
    [PHASE_UPDATE] = "update",         [PHASE_VALIDATION] = "validation",
    [PHASE_CHECKPOINT] = "checkpoint",
};

void profile_start(struct profile *profile)
{
    if (profile)
        profile->since = profile->now_s(profile->ctx);
}

void profile_mark(struct profile *profile, enum phase phase)
{
    if (!profile)
        return;

    double now = profile->now_s(profile->ctx);

    profile->seconds[phase] += now - profile->since;
    profile->since = now;
}
