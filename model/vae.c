/* SPDX-License-Identifier: Apache-2.0
 * vae: a variational autoencoder, which learns what digits look like and needs no labels
 * (Kingma and Welling 2013, arXiv 1312.6114). It tells digits from other marks, takes noise out
 * of a picture and makes new ones.
 *
 *   x (B,D)       = pixels / max_value
 *   h (B,H)       = max(0, x We + be)                       encoder
 *   mu, ln v      = h Wq + bq                (B,Z) each     q(z|x) = N(mu, v)
 *   z (B,Z)       = mu + e sqrt(v), e from N(0,1)           reparameterisation
 *   g (B,H)       = max(0, z Wd + bd)                       decoder
 *   l (B,D)       = g Wo + bo                               p(x|z) = Bernoulli(sigmoid(l))
 *
 *   loss = -ELBO  = sum over D of ln(1 + exp(l)) - x l            -ln p(x|z), in nats
 *                 + sum over Z of (mu^2 + v - 1 - ln v) / 2       KL(q(z|x) || N(0,1))
 *
 * and backwards, for the mean over B:
 *   dl = (sigmoid(l) - x) / B       dg = dl Wo^T where g > 0       dz = dg Wd^T
 *   dmu = dz + mu / B               d(ln v) = dz e sqrt(v) / 2 + (v - 1) / 2B
 *   dh = [dmu, d(ln v)] Wq^T where h > 0
 *
 * e is drawn anew for each image and step from the training's seed. Without a step (a score, a
 * gradient to look at) it hangs on the image's place in its data set alone.
 *
 * Threads own images in the passes and columns in the gradients, so every sum is added up by
 * one thread in one order. */
#include "model/arch.h"

#include <math.h>
#include <string.h>

#include "model/job.h"
#include "model/mathf.h"
#include "model/profile.h"
#include "model/team.h"
#include "model/vae_net.h"

static size_t describe(struct tensor *tensors, const struct shape *s)
{
    size_t D = s->side * s->side, H = s->hidden;
    const struct tensor all[] = {
        { .name = "decoder.bias", .n_dims = 1, .dims = { H } },
        { .name = "decoder.weight", .n_dims = 2, .dims = { H, VAE_Z } },
        { .name = "encoder.bias", .n_dims = 1, .dims = { H } },
        { .name = "encoder.weight", .n_dims = 2, .dims = { H, D } },
        { .name = "latent.bias", .n_dims = 1, .dims = { 2 * VAE_Z } }, /* mu, then ln v */
        { .name = "latent.weight", .n_dims = 2, .dims = { 2 * VAE_Z, H } },
        { .name = "out.bias", .n_dims = 1, .dims = { D } },
        { .name = "out.weight", .n_dims = 2, .dims = { D, H } },
    };

    memcpy(tensors, all, sizeof(all));
    return sizeof(all) / sizeof(all[0]);
}

static double flop(const struct shape *s)
{
    return 2.0 * (double)s->hidden * (double)(2 * s->side * s->side + 3 * VAE_Z);
}

static void init(struct model *m, struct rng *rng)
{
    pack_glorot(model_tensor(m, "encoder.weight"), rng);
    pack_glorot(model_tensor(m, "latent.weight"), rng);
    pack_glorot(model_tensor(m, "decoder.weight"), rng);
    pack_glorot(model_tensor(m, "out.weight"), rng);
}

static void net_store(const struct net *net, struct model *m)
{
    vae_exchange(net, m, VAE_WEIGHTS, PACK_OUT_OF_NET);
}

static size_t net_state(struct net *net, struct span *spans)
{
    size_t n = 0;

    vae_prepare_training(net);
    for (size_t i = 0; i < VAE_LAYERS; i++)
        n += linear_state(&net->layers[i], spans + n);
    return n;
}

static float flushed(float d)
{
    return d < GRADIENT_FLOOR && d > -GRADIENT_FLOOR ? 0.0f : d;
}

/* -ln p(x|z) of image b. ln(1 + exp(l)) = max(l, 0) + ln(1 + exp(-|l|)). */
static double surprise(const struct net *net, size_t b)
{
    size_t D = net->shape.side * net->shape.side, row = net->layers[VAE_OUT].columns;
    const float *x = net->x + b * row, *l = net->l + b * row;
    double sum = 0.0;

    for (size_t i = 0; i < D; i++) {
        sum += (l[i] > 0.0f ? (double)l[i] : 0.0) - (double)x[i] * (double)l[i];
        sum += log_f64(1.0 + (double)exp_f32(-fabsf(l[i])));
    }
    return sum;
}

static double divergence(const struct net *net, size_t b)
{
    const float *mu = net->q + b * 2 * VAE_Z, *ln_v = mu + VAE_Z;
    double sum = 0.0;

    for (size_t k = 0; k < VAE_Z; k++) {
        double m = (double)mu[k], v = (double)exp_f32(ln_v[k]);

        sum += 0.5 * (m * m + v - 1.0 - (double)ln_v[k]);
    }
    return sum;
}

/* The mean of (x - sigmoid(l))^2 over the pixels of image b. */
static double squared_error(const struct net *net, size_t b)
{
    size_t D = net->shape.side * net->shape.side, row = net->layers[VAE_OUT].columns;
    double sum = 0.0;

    for (size_t i = 0; i < D; i++) {
        double off = (double)net->x[b * row + i] - (double)vae_sigmoid(net->l[b * row + i]);

        sum += off * off;
    }
    return sum / (double)D;
}

static void net_score(struct net *net, struct score *scores, const struct batch *batch)
{
    const struct vae_images im = { 0, batch->n };

    vae_encode(net, batch, im);
    vae_draw(net, batch, im, NULL);
    vae_decode(net, im);
    for (size_t b = 0; b < batch->n; b++)
        scores[b].elbo = -(surprise(net, b) + divergence(net, b));
    vae_take_mean(net, im);
    vae_decode(net, im);
    for (size_t b = 0; b < batch->n; b++)
        scores[b].reconstruction_error = squared_error(net, b);
}

static void forward(struct net *net, const struct batch *batch, struct vae_images im,
                    const struct update *update)
{
    vae_encode(net, batch, im);
    vae_draw(net, batch, im, update);
    vae_decode(net, im);
    for (size_t b = im.from; b < im.to; b++)
        net->loss[b] = surprise(net, b) + divergence(net, b);
}

/* dl of image b, of a batch of n. */
static void backward_pixels(struct net *net, size_t b, size_t n)
{
    size_t D = net->shape.side * net->shape.side, row = net->layers[VAE_OUT].columns;
    float scale = 1.0f / (float)n;

    for (size_t i = 0; i < D; i++) {
        float off = vae_sigmoid(net->l[b * row + i]) - net->x[b * row + i];

        net->dl[b * row + i] = flushed(off * scale);
    }
}

/* dq of image b from its dz. */
static void backward_draw(struct net *net, size_t b, size_t n)
{
    const float *mu = net->q + b * 2 * VAE_Z, *ln_v = mu + VAE_Z;
    const float *dz = net->dz + b * VAE_Z, *noise = net->noise + b * VAE_Z;
    float *dmu = net->dq + b * 2 * VAE_Z, *d_ln_v = dmu + VAE_Z, scale = 1.0f / (float)n;

    for (size_t k = 0; k < VAE_Z; k++) {
        float root = exp_f32(0.5f * ln_v[k]), v = exp_f32(ln_v[k]);

        dmu[k] = flushed(dz[k] + mu[k] * scale);
        d_ln_v[k] = flushed(0.5f * (dz[k] * noise[k] * root + (v - 1.0f) * scale));
    }
}

static void backward(struct net *net, struct vae_images im, size_t n)
{
    const struct linear *layers = net->layers;
    const struct kernels *k = net->kernels;
    struct rows dl = vae_rows(net->dl, layers[VAE_OUT].columns, im);
    struct rows dg = vae_rows(net->dg, layers[VAE_DECODER].columns, im);
    struct rows dz = vae_rows(net->dz, VAE_Z, im), dq = vae_rows(net->dq, 2 * VAE_Z, im);
    struct rows dh = vae_rows(net->dh, layers[VAE_ENCODER].columns, im);

    for (size_t b = im.from; b < im.to; b++)
        backward_pixels(net, b, n);
    linear_backward(&layers[VAE_OUT], k, dg, dl, 0, dg.row);
    k->relu_backward(dg.at, net->g + im.from * dg.row, dg.row, dg.n, dg.row);
    linear_backward(&layers[VAE_DECODER], k, dz, dg, 0, VAE_Z);
    for (size_t b = im.from; b < im.to; b++)
        backward_draw(net, b, n);
    linear_backward(&layers[VAE_LATENT], k, dh, dq, 0, dh.row);
    k->relu_backward(dh.at, net->h + im.from * dh.row, dh.row, dh.n, dh.row);
}

/* Gradients of this part's columns of each layer, and the step along them. */
static void update_layers(const struct job *job, size_t part, size_t n_parts)
{
    struct net *net = job->net;
    float *const in[VAE_LAYERS] = { net->x, net->h, net->z, net->g };
    float *const d_out[VAE_LAYERS] = { net->dh, net->dq, net->dg, net->dl };
    const struct vae_images all = { 0, job->batch->n };

    for (size_t i = 0; i < VAE_LAYERS; i++) {
        struct linear *l = &net->layers[i];
        size_t from, to;

        team_share(&from, &to, l->columns, KERNEL_LANES, part, n_parts);
        linear_gradient(l, net->kernels, vae_rows(in[i], pack_padded(l->I), all),
                        vae_rows(d_out[i], l->columns, all), from, to);
        if (job->update)
            linear_step(l, net->kernels, job->update, from, to);
    }
}

/* One step, as part `part` of n_parts. Between two syncs nobody reads what another writes. */
static void work(void *ctx, size_t part, size_t n_parts)
{
    const struct job *job = ctx;
    struct net *net = job->net;
    struct profile *profile = part == 0 ? net->profile : NULL;
    struct vae_images im;

    profile_start(profile);
    team_share(&im.from, &im.to, job->batch->n, 1, part, n_parts);
    if (im.from < im.to)
        forward(net, job->batch, im, job->update);
    profile_mark(profile, PHASE_FORWARD);
    if (im.from < im.to)
        backward(net, im, job->batch->n);
    team_sync(net->team);
    update_layers(job, part, n_parts);
    profile_mark(profile, PHASE_BACKWARD);
}

static double net_step(struct net *net, const struct batch *batch, const struct update *update)
{
    struct job job = { net, batch, update };
    double sum = 0.0;

    vae_prepare_training(net);
    team_run(net->team, work, &job);
    for (size_t b = 0; b < batch->n; b++)
        sum += net->loss[b];
    return sum;
}

static double net_gradient(struct net *net, struct model *grad, const struct batch *batch)
{
    double loss = net_step(net, batch, NULL);

    vae_exchange(net, grad, VAE_GRADIENTS, PACK_OUT_OF_NET);
    return loss;
}

/* 28x28: more images need fewer epochs. */
static const struct recipe recipe_large = {
    .epochs = 15,
    .batch = 64,
    .learning_rate = 2e-3,
    .schedule = SCHEDULE_ONE_CYCLE,
};

const struct arch arch_vae = {
    .name = "vae",
    .summary = "a variational autoencoder: what digits look like, without labels",
    .recipe = { .epochs = 200,
                .batch = 64,
                .learning_rate = 5e-3,
                .schedule = SCHEDULE_ONE_CYCLE },
    .recipe_large = &recipe_large,
    .hidden = 128,
    .describe = describe,
    .flop = flop,
    .init = init,
    .open = vae_open,
    .close = vae_close,
    .store = net_store,
    .state = net_state,
    .score = net_score,
    .gradient = net_gradient,
    .step = net_step,
};
