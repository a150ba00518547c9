/* SPDX-License-Identifier: Apache-2.0
 * cli/workers.h
 * workers: the table of the children that this program can re-execute itself as. */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

struct worker_kind;

extern const struct worker_kind *const workers[]; /* ends with NULL */

#endif
