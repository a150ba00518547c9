/* SPDX-License-Identifier: Apache-2.0 */
#include "model/graph.h"

#include <assert.h>

void graph_add(struct graph *g, const struct graph_node *node)
{
    assert(g->n_nodes < GRAPH_MAX_NODES);
    g->nodes[g->n_nodes++] = *node;
}

void graph_add_list(struct graph *g, const char *name, struct graph_ints ints)
{
    assert(g->n_lists < GRAPH_MAX_LISTS);
    g->lists[g->n_lists].name = name;
    g->lists[g->n_lists++].ints = ints;
}

void graph_add_grey(struct graph *g, const char *out)
{
    graph_add(g, &(struct graph_node){
                     .op = "ReduceMean",
                     .inputs = { GRAPH_INPUT },
                     .outputs = { out },
                     .attrs = { { "axes", GRAPH_INTS, { 1, { 1 } }, 0.0f },
                                { "keepdims", GRAPH_INT, { 1, { 1 } }, 0.0f } },
                 });
}

void graph_add_relu(struct graph *g, const char *in, const char *out)
{
    graph_add(g, &(struct graph_node){ .op = "Relu", .inputs = { in }, .outputs = { out } });
}

void graph_add_dense(struct graph *g, const char *in, const char *w, const char *b,
                     const char *out)
{
    graph_add(g, &(struct graph_node){
                     .op = "Gemm",
                     .inputs = { in, w, b },
                     .outputs = { out },
                     .attrs = { { "transB", GRAPH_INT, { 1, { 1 } }, 0.0f } },
                 });
}

void graph_add_softmax(struct graph *g)
{
    graph_add(g, &(struct graph_node){
                     .op = "Softmax",
                     .inputs = { GRAPH_LOGITS },
                     .outputs = { GRAPH_PROBABILITIES },
                     .attrs = { { "axis", GRAPH_INT, { 1, { -1 } }, 0.0f } },
                 });
}
