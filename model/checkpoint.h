/* SPDX-License-Identifier: Apache-2.0
 * model/checkpoint.h
 * checkpoint: a training under way as a file, a safetensors one. Written aside and renamed, so
 * that a kill leaves the last whole one. Every claim is checked when it is read back. */
#ifndef MODEL_CHECKPOINT_H
#define MODEL_CHECKPOINT_H

#include <stddef.h>

struct err;
struct train_run;

int checkpoint_write(const char *path, const struct train_run *run, struct err *err);

/* Puts a run that has made no epoch where the file's was. -ERR_NOTFOUND when there is no file,
 * -ERR_REFUSED for another architecture, recipe or data (the message says which), -ERR_PARSE
 * and its kin for damage. */
int checkpoint_read(struct train_run *run, const char *path, struct err *err);

/* The same from bytes; what names them. */
int checkpoint_parse(struct train_run *run, const void *bytes, size_t len, const char *what,
                     struct err *err);

#endif
