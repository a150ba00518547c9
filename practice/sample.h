/* SPDX-License-Identifier: Apache-2.0
 * practice/sample.h
 * sample: three weeks in the life of a small community around a digit model.
 * Made with the same moves that the API makes, so nothing in it could not have happened. Pull
 * request 1 is merged and leads to a release; 2 is good and 3 wrong, both labelled at their
 * heads; 4 was labelled by someone who may not any more. Then it stands still. */
#ifndef PRACTICE_SAMPLE_H
#define PRACTICE_SAMPLE_H

struct err;
struct forge;

/* Into an empty forge, ending at its clock's now. */
int sample_make(struct forge *f, struct err *err);

#endif
