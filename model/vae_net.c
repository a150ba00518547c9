/* SPDX-License-Identifier: Apache-2.0 */
#include "model/vae_net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/mathf.h"

static const struct {
    const char *weight, *bias;
} names[VAE_LAYERS] = {
    [VAE_ENCODER] = { "encoder.weight", "encoder.bias" },
    [VAE_LATENT] = { "latent.weight", "latent.bias" },
    [VAE_DECODER] = { "decoder.weight", "decoder.bias" },
    [VAE_OUT] = { "out.weight", "out.bias" },
};

void vae_exchange(const struct net *net, const struct model *m, enum vae_what what,
                  enum pack_way way)
{
    for (size_t i = 0; i < VAE_LAYERS; i++) {
        const struct linear *l = &net->layers[i];

        linear_exchange(l, what == VAE_WEIGHTS ? l->w : l->grad,
                        model_tensor(m, names[i].weight), model_tensor(m, names[i].bias), 0,
                        way);
    }
}

struct net *vae_open(const struct model *m, const struct net_env *env)
{
    struct net *net = xaligned(64, sizeof(*net));
    const size_t D = m->shape.side * m->shape.side, H = m->shape.hidden, B = NET_MAX_BATCH;

    net->shape = m->shape;
    net->kernels = env->kernels;
    net->team = env->team;
    net->profile = env->profile;
    for (size_t i = 0; i <= m->shape.max_value; i++)
        net->value[i] = (float)i / (float)m->shape.max_value;
    linear_init(&net->layers[VAE_ENCODER], D, H);
    linear_init(&net->layers[VAE_LATENT], H, 2 * VAE_Z);
    linear_init(&net->layers[VAE_DECODER], VAE_Z, H);
    linear_init(&net->layers[VAE_OUT], H, D);
    vae_exchange(net, m, VAE_WEIGHTS, PACK_INTO_NET);
    net->x = pack_new(B * pack_padded(D));
    net->h = pack_new(B * pack_padded(H));
    net->q = pack_new(B * 2 * VAE_Z);
    net->z = pack_new(B * VAE_Z);
    net->noise = pack_new(B * VAE_Z);
    net->g = pack_new(B * pack_padded(H));
    net->l = pack_new(B * pack_padded(D));
    return net;
}

void vae_prepare_training(struct net *net)
{
    const size_t B = NET_MAX_BATCH;

    if (net->dl)
        return;
    for (size_t i = 0; i < VAE_LAYERS; i++)
        linear_prepare_training(&net->layers[i]);
    net->dh = pack_new(B * net->layers[VAE_ENCODER].columns);
    net->dq = pack_new(B * 2 * VAE_Z);
    net->dz = pack_new(B * VAE_Z);
    net->dg = pack_new(B * net->layers[VAE_DECODER].columns);
    net->dl = pack_new(B * net->layers[VAE_OUT].columns);
}

void vae_close(struct net *net)
{
    if (!net)
        return;
    float *const arrays[] = { net->x,  net->h,     net->dh, net->q,  net->dq, net->z,
                              net->dz, net->noise, net->g,  net->dg, net->l,  net->dl };

    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
        free(arrays[i]);
    for (size_t i = 0; i < VAE_LAYERS; i++)
        linear_finish(&net->layers[i]);
    free(net);
}

struct rows vae_rows(float *array, size_t columns, struct vae_images im)
{
    return (struct rows){ array + im.from * columns, columns, im.to - im.from };
}

static void read_pixels(struct net *net, const struct batch *batch, struct vae_images im)
{
    size_t size = net->shape.side * net->shape.side;

    for (size_t b = im.from; b < im.to; b++) {
        const uint8_t *pixels = batch->pixels + batch->rows[b] * size;
        float *x = net->x + b * pack_padded(size);

        for (size_t i = 0; i < size; i++)
            x[i] = net->value[pixels[i]];
    }
}

/* out = in w + b, and ReLU where asked. */
enum after { NOTHING, RELU };

static void forward(const struct net *net, enum vae_layer layer, float *out, float *in,
                    struct vae_images im, enum after after)
{
    const struct linear *l = &net->layers[layer];
    struct rows y = vae_rows(out, l->columns, im);
    const struct dense_args args = linear_args(l, y, vae_rows(in, pack_padded(l->I), im));

    net->kernels->dense(&args);
    if (after == RELU)
        net->kernels->relu(y.at, y.row, y.n, l->columns);
}

void vae_encode(struct net *net, const struct batch *batch, struct vae_images im)
{
    read_pixels(net, batch, im);
    forward(net, VAE_ENCODER, net->h, net->x, im, RELU);
    forward(net, VAE_LATENT, net->q, net->h, im, NOTHING);
}

void vae_decode(struct net *net, struct vae_images im)
{
    forward(net, VAE_DECODER, net->g, net->z, im, RELU);
    forward(net, VAE_OUT, net->l, net->g, im, NOTHING);
}

void vae_normals(float *out, size_t n, uint64_t seed, uint64_t stream)
{
    struct rng rng;

    rng_init(&rng, seed, stream);
    for (size_t i = 0; i < n;) {
        double u = 2.0 * rng_uniform(&rng) - 1.0, v = 2.0 * rng_uniform(&rng) - 1.0;
        double s = u * u + v * v;

        if (s >= 1.0 || s < 1e-12)
            continue;
        double factor = sqrt(-2.0 * log_f64(s) / s);
        out[i++] = (float)(u * factor);
        if (i < n)
            out[i++] = (float)(v * factor);
    }
}

void vae_draw(struct net *net, const struct batch *batch, struct vae_images im,
              const struct update *update)
{
    uint64_t seed = update ? update->seed : 0, step = update ? update->number : 0;

    for (size_t b = im.from; b < im.to; b++) {
        const float *mu = net->q + b * 2 * VAE_Z, *ln_v = mu + VAE_Z;
        float *noise = net->noise + b * VAE_Z, *z = net->z + b * VAE_Z;

        vae_normals(noise, VAE_Z, seed, step << 32 | batch->rows[b]);
        for (size_t k = 0; k < VAE_Z; k++)
            z[k] = mu[k] + noise[k] * exp_f32(0.5f * ln_v[k]);
    }
}

void vae_take_mean(struct net *net, struct vae_images im)
{
    for (size_t b = im.from; b < im.to; b++)
        memcpy(net->z + b * VAE_Z, net->q + b * 2 * VAE_Z, VAE_Z * sizeof(float));
}

float vae_sigmoid(float l)
{
    return 1.0f / (1.0f + exp_f32(-l));
}
