/* SPDX-License-Identifier: Apache-2.0
 * model/vae_pictures.h
 * vae_pictures: pictures that a model of the architecture vae makes, each side * side pixels of
 * its shape. -ERR_REFUSED for a model of another architecture. */
#ifndef MODEL_VAE_PICTURES_H
#define MODEL_VAE_PICTURES_H
#include <stddef.h>
#include <stdint.h>

struct err;
struct kernels;
struct model;

/* Images as the model would draw them: noise, and what is no part of a digit, stays away. */
int vae_denoise(uint8_t *out, const struct model *m, const uint8_t *pixels, size_t n,
                const struct kernels *kernels, struct err *err);

/* n new images; the i-th hangs on the seed and i alone. */
int vae_sample(uint8_t *out, const struct model *m, size_t n, uint64_t seed,
               const struct kernels *kernels, struct err *err);

#endif
