/* SPDX-License-Identifier: Apache-2.0
 * bot/bot.h
 * bot: what every step of a cycle is handed.
 * Made by bot/cycle.c, borrowed by everybody below it; nothing in it is owned. */
#ifndef BOT_BOT_H
#define BOT_BOT_H
#include <stdbool.h>
#include <stdint.h>

struct clock;
struct config;
struct db;
struct forge;

struct bot {
    const struct config *config;
    const struct clock *clock;
    struct db *db;
    struct forge *forge; /* NULL where only the database is read */

    /* The repository, as the last sync found it. */
    int64_t repo_id;
    const char *owner, *name, *default_branch;
    const char *clone_url;
    int64_t self_id; /* who our token belongs to */
    const char *self_login;
    bool is_archived; /* nothing is written */

    int64_t deadline_ms; /* of the cycle, in clock time; 0: none */
};

#endif
