/* SPDX-License-Identifier: Apache-2.0
 * cli/predict_vae.h
 * predict_vae: hearth predict with a model that makes images again instead of telling digits
 * apart. Prints its results. */
#ifndef CLI_PREDICT_VAE_H
#define CLI_PREDICT_VAE_H
#include <stddef.h>
#include <stdint.h>

struct app;
struct err;
struct model;

/* How well it knows n pictures, pixels (n, side * side). folder: where the pictures that it
 * makes of them go, or NULL. */
int predict_vae_scores(const struct app *app, const struct model *m, const char *const *names,
                       const uint8_t *pixels, size_t n, const char *folder, struct err *err);

/* n new pictures into folder. */
int predict_vae_generate(const struct app *app, const struct model *m, size_t n, uint64_t seed,
                         const char *folder, struct err *err);

#endif
