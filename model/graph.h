/* SPDX-License-Identifier: Apache-2.0
 * model/graph.h
 * graph: what a trained model computes, for formats that carry it along with the weights.
 * Nodes stand in the order of their execution and name the values they read and make.
 * Operators, their attributes and the order of their inputs are those of ONNX, opset 17
 * (https://onnx.ai/onnx/operators/). A value is GRAPH_INPUT, a tensor of the model, a list of
 * integers that the graph itself holds, or what a node before made. Strings are borrowed.
 *
 * GRAPH_INPUT (batch, channels, side, side) holds 0..1, light ink on dark ground: pixel /
 * max_value. A grey image has one channel; of a coloured one the mean counts. GRAPH_LOGITS and
 * GRAPH_PROBABILITIES are (batch, classes). These are the names that transformers.js gives and
 * takes. */
#ifndef MODEL_GRAPH_H
#define MODEL_GRAPH_H
#include <stddef.h>
#include <stdint.h>

#define GRAPH_INPUT         "pixel_values"
#define GRAPH_LOGITS        "logits"
#define GRAPH_PROBABILITIES "probabilities"

enum {
    GRAPH_MAX_NODES = 64,
    GRAPH_MAX_LISTS = 16,
    GRAPH_MAX_INPUTS = 6,
    GRAPH_MAX_ATTRS = 5,
    GRAPH_MAX_INTS = 8,
};

struct graph_ints {
    size_t n;
    int64_t at[GRAPH_MAX_INTS];
};

enum graph_kind { GRAPH_INT = 1, GRAPH_INTS, GRAPH_FLOAT };

struct graph_attr {
    const char *name; /* NULL behind the last one */
    enum graph_kind kind;
    struct graph_ints ints; /* GRAPH_INT: the first of them */
    float value;            /* GRAPH_FLOAT */
};

struct graph_node {
    const char *op;                       /* "Gemm" */
    const char *inputs[GRAPH_MAX_INPUTS]; /* NULL behind the last one; "" for one left out */
    const char *outputs[2];               /* the same */
    struct graph_attr attrs[GRAPH_MAX_ATTRS];
};

struct graph {
    size_t n_nodes, n_lists;
    struct graph_node nodes[GRAPH_MAX_NODES];
    struct {
        const char *name;
        struct graph_ints ints;
    } lists[GRAPH_MAX_LISTS];
};

void graph_add(struct graph *g, const struct graph_node *node);
void graph_add_list(struct graph *g, const char *name, struct graph_ints ints);

/* Nodes that nearly every graph has. */
void graph_add_grey(struct graph *g, const char *out); /* (batch, 1, side, side) of the input */
void graph_add_relu(struct graph *g, const char *in, const char *out);
/* out (B,O) = in (B,I) w^T + b, with tensors w (O,I) and b (O). */
void graph_add_dense(struct graph *g, const char *in, const char *w, const char *b,
                     const char *out);
void graph_add_softmax(struct graph *g); /* GRAPH_PROBABILITIES of GRAPH_LOGITS */

#endif
