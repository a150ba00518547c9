/* SPDX-License-Identifier: Apache-2.0
 * model/tfevents.h
 * tfevents: the curves of a training as TensorBoard reads them.
 * A file of TFRecords, each with a masked CRC-32C over its length and its data; one scalar a
 * record. Every record is with the system when tfevents_scalar() returns, so that a viewer can
 * follow and a killed run leaves a readable file. Owns the open file. */
#ifndef MODEL_TFEVENTS_H
#define MODEL_TFEVENTS_H
#include <stdint.h>

struct err;
struct tfevents;

/* Starts folder/events.out.tfevents.SECONDS.hearth anew; makes the folder. at: unix seconds. */
int tfevents_open(struct tfevents **ret, const char *folder, int64_t at, struct err *err);

/* Appends one point of the curve called tag ("loss/train"). at_ms: unix milliseconds. */
int tfevents_scalar(struct tfevents *events, const char *tag, int64_t step, double value,
                    int64_t at_ms, struct err *err);

/* Tells of an error that only closing shows, and frees. NULL is fine. */
int tfevents_close(struct tfevents *events, struct err *err);

#endif
