/* SPDX-License-Identifier: Apache-2.0
 * model/job.h
 * job: what all parts of a team work on while a net makes one step. For architectures; each has
 * a net of its own. Owns nothing. */
#ifndef MODEL_JOB_H
#define MODEL_JOB_H

struct batch;
struct net;
struct update;

struct job {
    struct net *net;
    const struct batch *batch;
    const struct update *update; /* NULL: keep the gradients instead */
};

#endif
