/* SPDX-License-Identifier: Apache-2.0
 * cli/actions.h
 * actions: Hearth as a step of a job of GitHub, Gitea or Forgejo Actions.
 * The job's variables fill what the configuration leaves empty, and its files get the outputs
 * and the summary. A configuration in a checkout of anything but the default branch is refused:
 * the policy in it would be the pull request's own. */
#ifndef CLI_ACTIONS_H
#define CLI_ACTIONS_H
#include <stdbool.h>

struct config;
struct cycle_result;
struct err;

bool actions_is_on(void); /* GITHUB_ACTIONS is "true" */

/* forge.url, forge.repo and forge.login, where they are empty. -ERR_CONFIG for a job whose
 * checkout is not the default branch. */
int actions_prepare(struct config *config, struct err *err);

/* Outputs (exit-code, sent, left, runs, releases, why-left) and the step summary. code: an enum
 * exit_code. */
int actions_report(const char *repository, const struct cycle_result *result, int code,
                   struct err *err);

#endif
