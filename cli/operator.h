/* SPDX-License-Identifier: Apache-2.0
 * cli/operator.h
 * operator: who works at this machine, for the ledger's log, and their editor. */
#ifndef CLI_OPERATOR_H
#define CLI_OPERATOR_H
struct buf;
struct err;

enum { OPERATOR_SIZE = 80 };

/* "user alice"; the number where there is no name. Returns out. */
const char *operator_name(char out[OPERATOR_SIZE]);

/* Lets them change a text in $VISUAL or $EDITOR, in a private file that is gone afterwards;
 * text becomes what they saved. -ERR_USAGE when neither is set, -ERR_REFUSED when it fails. */
int operator_edit(struct buf *text, struct err *err);

#endif
