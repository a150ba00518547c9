/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/window.h
 * window: how much was used in the last minute or hour, counted in slots.
 * One slot more than the span holds is kept, so that no span ever sees more than was allowed,
 * wherever in a slot it begins. Pure: no clock, no database; the owner keeps the slots. */
#ifndef BOT_FORGE_WINDOW_H
#define BOT_FORGE_WINDOW_H
#include <stddef.h>
#include <stdint.h>

enum { WINDOW_MAX_SLOTS = 13 };

struct window_slot {
    int64_t at; /* when it began, a multiple of slot_s */
    int64_t used;
};

struct window {
    int64_t slot_s;
    size_t n_slots; /* those of the span, and one */
    struct window_slot slots[WINDOW_MAX_SLOTS];
};

/* span_s: a multiple of slot_s, at most WINDOW_MAX_SLOTS - 1 of them. */
void window_init(struct window *w, int64_t span_s, int64_t slot_s);

int64_t window_used(const struct window *w, int64_t now);

/* Counts n in the slot of now; its index. */
size_t window_add(struct window *w, int64_t now, int64_t n);

/* When no more than `most` will be used any longer; now, if that is so already. */
int64_t window_free_at(const struct window *w, int64_t now, int64_t most);

#endif
