/* SPDX-License-Identifier: Apache-2.0
 * peak: what one core of this CPU can multiply and add with one instruction set, GFLOP/s.
 * Built once per kernel set with that set's flags. As many independent sums as hide the
 * latency of an instruction, all in registers: no program does better, so figures can be
 * stated as a share of it. Prints the best of ROUNDS. */
#include <stdio.h>
#include <time.h>

enum { WIDTH = KERNELS_WIDTH, SUMS = WIDTH == 16 ? 24 : 12, STEPS = 2000000, ROUNDS = 7 };

typedef float vec __attribute__((vector_size(WIDTH * sizeof(float))));

static double now_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Contracted to multiply-add instructions where the set has them (-ffp-contract=fast). */
static float busy(float start)
{
    vec factor = start - (vec){ 0 }, term = 1.0f - factor, sums[SUMS], all = { 0 };

    for (int i = 0; i < SUMS; i++)
        sums[i] = (float)i - (vec){ 0 };
    for (int step = 0; step < STEPS; step++) {
#pragma GCC unroll 24
        for (int i = 0; i < SUMS; i++)
            sums[i] = sums[i] * factor + term;
    }
    for (int i = 0; i < SUMS; i++)
        all += sums[i];
    return all[0];
}

int main(int argc, char **argv)
{
    double best_s = 1e9;
    float kept = 0.0f;

    (void)argv;
    for (int round = 0; round < ROUNDS; round++) {
        double began_s = now_s();

        kept += busy(1.0f / (float)(argc + 1)); /* not known to the compiler */
        double took_s = now_s() - began_s;
        best_s = took_s < best_s ? took_s : best_s;
    }
    (void)fprintf(stderr, "# %g\n", (double)kept);
    printf("%.2f\n", 2.0 * WIDTH * SUMS * STEPS / best_s * 1e-9);
    return 0;
}
