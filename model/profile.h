/* SPDX-License-Identifier: Apache-2.0
 * model/profile.h
 * profile: what the time of a training went into. The clock is the caller's; without a profile
 * (NULL) a mark costs one comparison. Only one thread may mark: that of part 0. */
#ifndef MODEL_PROFILE_H
#define MODEL_PROFILE_H
#include <stddef.h>

enum phase {
    PHASE_PREPARE,    /* shuffling, and what is made of pictures before an epoch */
    PHASE_INPUT,      /* gathering a batch */
    PHASE_FORWARD,    /* up to the loss */
    PHASE_BACKWARD,   /* gradients, and updates where they are one with them */
    PHASE_UPDATE,     /* the optimizer, where it is a pass of its own */
    PHASE_VALIDATION, /* measuring the samples kept back */
    PHASE_CHECKPOINT,
    N_PHASES,
};

struct profile {
    double (*now_s)(void *ctx);
    void *ctx;
    double since; /* the last mark */
    double seconds[N_PHASES];
};

extern const char *const phase_names[N_PHASES];

/* What comes now belongs to the next mark. */
void profile_start(struct profile *profile);

/* The time since the last mark, or since the start, went into this phase. */
void profile_mark(struct profile *profile, enum phase phase);

#endif
