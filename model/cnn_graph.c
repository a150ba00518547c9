/* SPDX-License-Identifier: Apache-2.0
 * The cnn as operators: three times Conv, BatchNormalization, Relu and, where the block pools,
 * MaxPool; then Flatten and the dense layer. Dropout is nothing when a model predicts. */
#include "model/cnn_net.h"

#include "model/graph.h"

static const struct {
    const char *conv, *scale, *shift, *mean, *variance; /* tensors */
    const char *u, *n, *y, *pooled;                     /* values */
} names[CNN_BLOCKS] = {
    { "conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "u1",
      "n1", "y1", "x1" },
    { "conv2.weight", "bn2.weight", "bn2.bias", "bn2.running_mean", "bn2.running_var", "u2",
      "n2", "y2", "x2" },
    { "conv3.weight", "bn3.weight", "bn3.bias", "bn3.running_mean", "bn3.running_var", "u3",
      "n3", "y3", "x3" },
};

/* Block l reads `in`; returns what it makes. */
static const char *add_block(struct graph *g, size_t l, const char *in, bool is_pooled)
{
    const struct graph_node nodes[] = {
        { "Conv",
          { in, names[l].conv },
          { names[l].u },
          { { "kernel_shape", GRAPH_INTS, { 2, { 3, 3 } }, 0.0f },
            { "pads", GRAPH_INTS, { 4, { 1, 1, 1, 1 } }, 0.0f } } },
        { "BatchNormalization",
          { names[l].u, names[l].scale, names[l].shift, names[l].mean, names[l].variance },
          { names[l].n },
          { { "epsilon", GRAPH_FLOAT, { 0 }, (float)VARIANCE_EPSILON } } },
        { "Relu", { names[l].n }, { names[l].y }, { { 0 } } },
        { "MaxPool",
          { names[l].y },
          { names[l].pooled },
          { { "kernel_shape", GRAPH_INTS, { 2, { 2, 2 } }, 0.0f },
            { "strides", GRAPH_INTS, { 2, { 2, 2 } }, 0.0f } } },
    };

    for (size_t i = 0; i < (is_pooled ? 4 : 3); i++)
        graph_add(g, &nodes[i]);
    return is_pooled ? names[l].pooled : names[l].y;
}

void cnn_graph(struct graph *g, const struct model *m)
{
    const char *x = "grey";

    graph_add_grey(g, "grey");
    for (size_t l = 0; l < CNN_BLOCKS; l++)
        x = add_block(g, l, x, cnn_is_pooled(&m->shape, l));
    graph_add(g, &(struct graph_node){ "Flatten", { x }, { "features" }, { { 0 } } });
    graph_add_dense(g, "features", "fc.weight", "fc.bias", GRAPH_LOGITS);
    graph_add_softmax(g);
}
