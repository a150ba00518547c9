/* SPDX-License-Identifier: Apache-2.0
 * The tables of statements of each kind of database. */
#include "store/nouns.h"

#include "store/handle.h"

static const struct stmt_table *const hearth_nouns[] = {
    &repository_stmts,   &instance_stmts,      &person_stmts,     &thread_stmts,
    &pull_stmts,         &entry_stmts,         &event_stmts,      &own_comment_stmts,
    &feedback_stmts,     &feedback_link_stmts, &sync_list_stmts,  &approval_stmts,
    &contribution_stmts, &run_stmts,           &release_stmts,    &release_file_stmts,
    &action_stmts,       &action_log_stmts,    &cycle_stmts,      &budget_stmts,
    &lineage_stmts,      &figures_stmts,       &http_cache_stmts, NULL,
};

static const struct stmt_table *const hub_nouns[] = {
    &namespace_stmts, &access_token_stmts, &hosted_repo_stmts,
    &delivery_stmts,  &download_stmts,     NULL,
};

const struct stmt_table *const *nouns_of(enum db_kind kind)
{
    return kind == DB_HEARTH ? hearth_nouns : hub_nouns;
}
