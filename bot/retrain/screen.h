/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/screen.h
 * screen: which contributed samples may be trained on.
 * Refuses leaks into the hold-out, duplicates, pictures of no digit, and labels that contradict
 * the model in service; faults a contribution whose labels contradict it improbably often.
 * Thresholds and their error rates were measured on ten seeds of the bundled digits
 * (docs/decisions/0003-*.md).
 * Pure arithmetic on memory. */
#ifndef BOT_RETRAIN_SCREEN_H
#define BOT_RETRAIN_SCREEN_H

struct dataset;
struct err;
struct intake;
struct kernels;
struct model;

struct screen_basis {
    const struct dataset *holdout; /* frozen */
    const struct dataset *trusted; /* what nobody contributed; says what a digit looks like */
    const struct dataset *train;   /* what is trained on already */
    const struct model *champion;
    const struct kernels *kernels;
    double min_label_p; /* a label that the champion gives less is refused; 0: none is */
    double max_unlike;  /* a picture further than this from all digits is refused; 0: none is */
    double alarm_p;     /* so improbable a number of contradictions faults all; 0: never */
};

int screen_intake(struct intake *intake, const struct screen_basis *basis, struct err *err);

#endif
