/* SPDX-License-Identifier: Apache-2.0
 * store/nouns.h
 * nouns: every noun's table of statements. For the files of store/ only. */
#ifndef STORE_NOUNS_H
#define STORE_NOUNS_H
#include "store/stmt.h"

extern const struct stmt_table access_token_stmts;
extern const struct stmt_table action_log_stmts;
extern const struct stmt_table action_stmts;
extern const struct stmt_table approval_stmts;
extern const struct stmt_table budget_stmts;
extern const struct stmt_table contribution_stmts;
extern const struct stmt_table cycle_stmts;
extern const struct stmt_table delivery_stmts;
extern const struct stmt_table download_stmts;
extern const struct stmt_table entry_stmts;
extern const struct stmt_table event_stmts;
extern const struct stmt_table feedback_link_stmts;
extern const struct stmt_table feedback_stmts;
extern const struct stmt_table figures_stmts;
extern const struct stmt_table hosted_repo_stmts;
extern const struct stmt_table http_cache_stmts;
extern const struct stmt_table instance_stmts;
extern const struct stmt_table lineage_stmts;
extern const struct stmt_table namespace_stmts;
extern const struct stmt_table own_comment_stmts;
extern const struct stmt_table person_stmts;
extern const struct stmt_table pull_stmts;
extern const struct stmt_table release_file_stmts;
extern const struct stmt_table release_stmts;
extern const struct stmt_table repository_stmts;
extern const struct stmt_table run_stmts;
extern const struct stmt_table sync_list_stmts;
extern const struct stmt_table thread_stmts;

#endif
