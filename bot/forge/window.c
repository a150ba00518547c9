/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/window.h"

#include <assert.h>
#include <string.h>

void window_init(struct window *w, int64_t span_s, int64_t slot_s)
{
    memset(w, 0, sizeof(*w));
    w->slot_s = slot_s;
    w->n_slots = (size_t)(span_s / slot_s) + 1;
    assert(span_s % slot_s == 0 && w->n_slots <= WINDOW_MAX_SLOTS);
}

/* A slot counts until its last second has left the span. What lies in the future was written
 * under a clock that was set back since, and does not count. */
static int64_t leaves_at(const struct window *w, const struct window_slot *slot)
{
    return slot->at + (int64_t)w->n_slots * w->slot_s;
}

int64_t window_used(const struct window *w, int64_t now)
{
    int64_t used = 0;

    for (size_t i = 0; i < w->n_slots; i++)
        if (w->slots[i].at <= now && leaves_at(w, &w->slots[i]) > now)
            used += w->slots[i].used;
    return used;
}

size_t window_add(struct window *w, int64_t now, int64_t n)
{
    int64_t at = now - now % w->slot_s;
    size_t i = (size_t)(at / w->slot_s) % w->n_slots;

    if (w->slots[i].at != at)
        w->slots[i] = (struct window_slot){ .at = at };
    w->slots[i].used += n;
    return i;
}

int64_t window_free_at(const struct window *w, int64_t now, int64_t most)
{
    int64_t at = now;

    while (window_used(w, at) > most) {
        int64_t next = INT64_MAX;

        for (size_t i = 0; i < w->n_slots; i++) {
            int64_t leaves = leaves_at(w, &w->slots[i]);
            if (w->slots[i].used > 0 && leaves > at && leaves < next)
                next = leaves;
        }
        at = next;
    }
    return at;
}
