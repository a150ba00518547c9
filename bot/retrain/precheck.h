/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/precheck.h
 * precheck: what the judge would say of a folder, before anybody opens a pull request.
 * The same reading and screening, against the bundled data and model. Trains nothing. */
#ifndef BOT_RETRAIN_PRECHECK_H
#define BOT_RETRAIN_PRECHECK_H

struct config;
struct err;
struct intake;

/* folder: one contribution, named NAME, that would become contrib/NAME/. intake was inited. */
int precheck_folder(struct intake *intake, const char *folder, const struct config *config,
                    struct err *err);

#endif
