/* SPDX-License-Identifier: Apache-2.0 */
#include "model/vae_pictures.h"

#include "base/err.h"
#include "model/vae_net.h"

static int check(const struct model *m, size_t n, struct err *err)
{
    if (m->arch != &arch_vae)
        return err_set(err, ERR_REFUSED, "a model of the architecture '%s' makes no images",
                       m->arch->name);
    if (n == 0 || n > UINT32_MAX)
        return err_set(err, ERR_RANGE, "%zu images to make", n);
    return 0;
}

/* The mean of each pixel, for the first n images of the batch. */
static int take_pixels(uint8_t *out, const struct net *net, size_t n, struct err *err)
{
    size_t size = net->shape.side * net->shape.side, row = net->layers[VAE_OUT].columns;

    for (size_t b = 0; b < n; b++) {
        for (size_t i = 0; i < size; i++) {
            float ink = vae_sigmoid(net->l[b * row + i]) * (float)net->shape.max_value;
            int rc = model_check_answer((double)ink, err);

            if (rc < 0)
                return rc;
            out[b * size + i] = (uint8_t)(ink + 0.5f);
        }
    }
    return 0;
}

static size_t batch_size(size_t n, size_t at)
{
    return n - at < NET_MAX_BATCH ? n - at : NET_MAX_BATCH;
}

int vae_denoise(uint8_t *out, const struct model *m, const uint8_t *pixels, size_t n,
                const struct kernels *kernels, struct err *err)
{
    const struct net_env env = { .kernels = kernels };
    uint32_t rows[NET_MAX_BATCH];

    int rc = check(m, n, err);
    if (rc < 0)
        return rc;
    struct net *net = vae_open(m, &env);
    for (size_t at = 0; rc == 0 && at < n; at += NET_MAX_BATCH) {
        struct batch batch = { .pixels = pixels, .rows = rows, .n = batch_size(n, at) };
        const struct vae_images all = { 0, batch.n };

        for (size_t i = 0; i < batch.n; i++)
            rows[i] = (uint32_t)(at + i);
        vae_encode(net, &batch, all);
        vae_take_mean(net, all);
        vae_decode(net, all);
        rc = take_pixels(out + at * m->shape.side * m->shape.side, net, batch.n, err);
    }
    vae_close(net);
    return rc;
}

int vae_sample(uint8_t *out, const struct model *m, size_t n, uint64_t seed,
               const struct kernels *kernels, struct err *err)
{
    const struct net_env env = { .kernels = kernels };

    int rc = check(m, n, err);
    if (rc < 0)
        return rc;
    struct net *net = vae_open(m, &env);
    for (size_t at = 0; rc == 0 && at < n; at += NET_MAX_BATCH) {
        const struct vae_images all = { 0, batch_size(n, at) };

        for (size_t b = 0; b < all.to; b++)
            vae_normals(net->z + b * VAE_Z, VAE_Z, seed, at + b);
        vae_decode(net, all);
        rc = take_pixels(out + at * m->shape.side * m->shape.side, net, all.to, err);
    }
    vae_close(net);
    return rc;
}
