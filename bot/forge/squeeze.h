/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/squeeze.h
 * squeeze: a reply without the members that nobody reads, before it is parsed.
 * Three quarters of what GitHub sends are addresses that can be built from the rest, counts of
 * reactions and the like, and parsing is most of what a first reading costs. Valid JSON stays
 * valid and keeps its meaning but for those members. What is not valid JSON is left for the
 * parser to refuse, unless it lies within a member that is left out. */
#ifndef BOT_FORGE_SQUEEZE_H
#define BOT_FORGE_SQUEEZE_H
#include <stddef.h>

/* In place; returns the new length, at most len. Drops members of objects whose value is null,
 * addresses under a key that is "url" or ends in "_url" (but the few we read), and whole what
 * stands under the keys of a short list. */
size_t squeeze_json(char *text, size_t len);

#endif
