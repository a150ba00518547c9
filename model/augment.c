/* SPDX-License-Identifier: Apache-2.0 */
#include "model/augment.h"

#include <string.h>

#include "base/rng.h"
#include "model/mathf.h"
#include "model/team.h"

enum { KNOTS = 4, MAX_SIDE = 28 };

/* Where pixel (x,y) of the new picture lies in the old one, both measured from the middle:
 * by a matrix, a shift, and a pull that the knots around it share. */
struct warp {
    float xx, xy, yx, yy, dx, dy;
    float pull[KNOTS][KNOTS][2]; /* [row][column]{ x, y } */
};

/* In [-limit, limit). */
static float draw(struct rng *rng, double limit)
{
    return (float)((2.0 * rng_uniform(rng) - 1.0) * limit);
}

/* Every number is drawn, whatever the limits, so that one of them moves no other. */
static struct warp draw_warp(struct rng *rng, const struct augment *a)
{
    double turns = (double)draw(rng, a->rotation) / 180.0; /* of pi */
    double size = turns < 0 ? -turns : turns;
    float cosine = (float)cos_pi_f64(size);
    float sine = (float)cos_pi_f64(size > 0.5 ? size - 0.5 : 0.5 - size);
    float slant = draw(rng, a->slant);
    struct warp w = { .dx = draw(rng, a->shift), .dy = draw(rng, a->shift) };
    float wide = 1.0f / (1.0f + draw(rng, a->scale)),
          high = 1.0f / (1.0f + draw(rng, a->scale));

    sine = turns < 0 ? -sine : sine;
    w.xx = cosine * wide;
    w.xy = (slant * cosine - sine) * high;
    w.yx = sine * wide;
    w.yy = (slant * sine + cosine) * high;
    for (size_t i = 0; i < KNOTS; i++) {
        for (size_t j = 0; j < KNOTS; j++) {
            w.pull[i][j][0] = draw(rng, a->elastic);
            w.pull[i][j][1] = draw(rng, a->elastic);
        }
    }
    return w;
}

/* The place t in [0, 1] between the first and the last knot. */
struct place {
    size_t knot;
    float rest; /* of the way to the next one */
};

static struct place place_of(size_t pixel, size_t side)
{
    float t = (float)pixel / (float)(side - 1) * (float)(KNOTS - 1);
    size_t knot = (size_t)t < KNOTS - 1 ? (size_t)t : KNOTS - 2;

    return (struct place){ knot, t - (float)knot };
}

static float pull_at(const struct warp *w, struct place row, struct place column, size_t axis)
{
    const float(*above)[2] = &w->pull[row.knot][column.knot];
    const float(*below)[2] = &w->pull[row.knot + 1][column.knot];
    float a = above[0][axis] + (above[1][axis] - above[0][axis]) * column.rest;
    float b = below[0][axis] + (below[1][axis] - below[0][axis]) * column.rest;

    return a + (b - a) * row.rest;
}

/* in (side, side) between its pixels; 0 outside. */
static float sample(const uint8_t *in, size_t side, float x, float y)
{
    const float edge = (float)side;

    if (!(x > -1.0f && y > -1.0f && x < edge && y < edge))
        return 0.0f;
    int x0 = (int)(x + 1.0f) - 1, y0 = (int)(y + 1.0f) - 1, last = (int)side - 1; /* floors */
    float right = x - (float)x0, down = y - (float)y0, rows[2];

    for (int i = 0; i < 2; i++) {
        int row = y0 + i;
        const uint8_t *at = in + (size_t)(row < 0 ? 0 : row) * side;
        bool is_inside = row >= 0 && row <= last;
        float a = is_inside && x0 >= 0 ? at[x0] : 0.0f;
        float b = is_inside && x0 < last ? at[x0 + 1] : 0.0f;

        rows[i] = a + (b - a) * right;
    }
    return rows[0] + (rows[1] - rows[0]) * down;
}

static void augment_image(uint8_t *out, const uint8_t *in, size_t side, const struct warp *w)
{
    const float middle = 0.5f * (float)(side - 1);

    for (size_t r = 0; r < side; r++) {
        struct place row = place_of(r, side);

        for (size_t c = 0; c < side; c++) {
            struct place column = place_of(c, side);
            float x = (float)c - middle - w->dx, y = (float)r - middle - w->dy;
            float from_x = w->xx * x + w->xy * y + pull_at(w, row, column, 0) + middle;
            float from_y = w->yx * x + w->yy * y + pull_at(w, row, column, 1) + middle;

            out[r * side + c] = (uint8_t)(sample(in, side, from_x, from_y) + 0.5f);
        }
    }
}

bool augment_is_none(const struct augment *a)
{
    return !(a->rotation > 0.0 || a->slant > 0.0 || a->shift > 0.0 || a->scale > 0.0 ||
             a->elastic > 0.0);
}

struct job {
    uint8_t *out;
    const struct augment_set *set;
    size_t epoch;
};

static void work(void *ctx, size_t part, size_t n_parts)
{
    const struct job *job = ctx;
    const struct augment_set *set = job->set;
    size_t size = set->side * set->side, from, to;

    team_share(&from, &to, set->n, 1, part, n_parts);
    for (size_t i = from; i < to; i++) {
        struct rng rng;

        rng_init(&rng, set->seed, ((uint64_t)job->epoch + 1) << 32 | i);
        struct warp warp = draw_warp(&rng, &set->limits);
        augment_image(job->out + i * size, set->pixels + i * size, set->side, &warp);
    }
}

void augment_epoch(uint8_t *out, const struct augment_set *set, size_t epoch, struct team *team)
{
    struct job job = { out, set, epoch };

    team_run(team, work, &job);
}
