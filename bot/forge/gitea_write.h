/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/gitea_write.h
 * gitea_write: what takes Gitea and Forgejo more than one request.
 * Labels are set by id, and names that they do not know vanish without a word; a file of a
 * release is a description that says where it lies; who may not look up roles sees less. */
#ifndef BOT_FORGE_GITEA_WRITE_H
#define BOT_FORGE_GITEA_WRITE_H
#include <stdint.h>

#include "bot/forge/forge.h"

struct label_ids; /* names and ids of a repository's labels; read once */
void label_ids_free(struct label_ids *labels);

/* Creates the label where the repository has none of that name. -ERR_CONFLICT when the forge
 * took the request and the label is not there all the same. */
int gitea_add_label(struct forge *f, int64_t number, const char *label, struct err *err);
int gitea_remove_label(struct forge *f, int64_t number, const char *label, struct err *err);

/* The least that is certain: the owner is an admin, a collaborator reads, others are nobody. */
int gitea_role_unseen(struct forge *f, const char *login, enum forge_role *ret,
                      struct err *err);

/* path: of the description, below the API base. */
int gitea_read_asset(struct forge *f, const char *path, struct buf *out, struct err *err);

#endif
