/* SPDX-License-Identifier: Apache-2.0
 * All that a message points to is an allocation of its own: protobuf-c's function frees it. */
#include "model/onnx_build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "model/arch.h"
#include "model/graph.h"
#include "model/model.h"

static Onnx__AttributeProto *attribute_of(const struct graph_attr *a)
{
    static const int types[] = { [GRAPH_FLOAT] = 1, [GRAPH_INT] = 2, [GRAPH_INTS] = 7 };
    Onnx__AttributeProto *out = xmalloc(sizeof(*out));

    onnx__attribute_proto__init(out);
    out->name = xstrdup(a->name);
    out->has_type = 1;
    out->type = types[a->kind];
    if (a->kind == GRAPH_FLOAT) {
        out->has_f = 1;
        out->f = a->value;
    } else if (a->kind == GRAPH_INT) {
        out->has_i = 1;
        out->i = a->ints.at[0];
    } else {
        out->n_ints = a->ints.n;
        out->ints = xmemdup(a->ints.at, a->ints.n * sizeof(a->ints.at[0]));
    }
    return out;
}

/* Copies of the names up to the first NULL, at most max. */
static char **names_of(size_t *ret_n, const char *const *names, size_t max)
{
    char **out = xcalloc(max, sizeof(*out));
    size_t n = 0;

    for (; n < max && names[n]; n++)
        out[n] = xstrdup(names[n]);
    *ret_n = n;
    return out;
}

static Onnx__NodeProto *node_of(const struct graph_node *node)
{
    Onnx__NodeProto *out = xmalloc(sizeof(*out));

    onnx__node_proto__init(out);
    out->op_type = xstrdup(node->op);
    out->name = xstrdup(node->outputs[0][0] ? node->outputs[0] : node->outputs[1]);
    out->input = names_of(&out->n_input, node->inputs, GRAPH_MAX_INPUTS);
    out->output = names_of(&out->n_output, node->outputs, 2);
    out->attribute = xcalloc(GRAPH_MAX_ATTRS, sizeof(*out->attribute));
    for (size_t i = 0; i < GRAPH_MAX_ATTRS && node->attrs[i].name; i++)
        out->attribute[out->n_attribute++] = attribute_of(&node->attrs[i]);
    return out;
}

/* A tensor whose n elements of `size` bytes the caller puts into raw_data. */
static Onnx__TensorProto *tensor_of(const char *name, int type, size_t n, size_t size)
{
    Onnx__TensorProto *out = xmalloc(sizeof(*out));

    onnx__tensor_proto__init(out);
    out->name = xstrdup(name);
    out->has_data_type = out->has_raw_data = 1;
    out->data_type = type;
    out->raw_data.len = n * size;
    out->raw_data.data = xcalloc(n, size);
    return out;
}

static void put_le(uint8_t *out, uint64_t bits, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(bits >> (8 * i));
}

static Onnx__TensorProto *weights_of(const struct tensor *t)
{
    Onnx__TensorProto *out = tensor_of(t->name, ONNX_FLOAT, t->count, 4);

    out->dims = xcalloc(MODEL_MAX_DIMS, sizeof(*out->dims));
    for (; out->n_dims < t->n_dims; out->n_dims++)
        out->dims[out->n_dims] = (int64_t)t->dims[out->n_dims];
    for (size_t i = 0; i < t->count; i++) {
        uint32_t bits;

        memcpy(&bits, &t->data[i], sizeof(bits));
        put_le(out->raw_data.data + 4 * i, bits, 4);
    }
    return out;
}

static Onnx__TensorProto *list_of(const char *name, const struct graph_ints *ints)
{
    Onnx__TensorProto *out = tensor_of(name, ONNX_INT64, ints->n, 8);

    out->dims = xcalloc(1, sizeof(*out->dims));
    out->dims[out->n_dims++] = (int64_t)ints->n;
    for (size_t i = 0; i < ints->n; i++)
        put_le(out->raw_data.data + 8 * i, (uint64_t)ints->at[i], 8);
    return out;
}

static Onnx__Dimension *dimension_of(const char *param, size_t value)
{
    Onnx__Dimension *out = xmalloc(sizeof(*out));

    onnx__dimension__init(out);
    if (param)
        out->dim_param = xstrdup(param);
    else
        out->has_dim_value = 1;
    out->dim_value = (int64_t)value;
    return out;
}

/* A float tensor of these dimensions; params[i] NULL: values[i]. */
static Onnx__ValueInfoProto *value_of(const char *name, const char *const *params,
                                      const size_t *values, size_t n)
{
    Onnx__ValueInfoProto *out = xmalloc(sizeof(*out));
    Onnx__TypeProto *type = xmalloc(sizeof(*type));
    Onnx__TensorType *tensor = xmalloc(sizeof(*tensor));
    Onnx__TensorShapeProto *shape = xmalloc(sizeof(*shape));

    onnx__value_info_proto__init(out);
    onnx__type_proto__init(type);
    onnx__tensor_type__init(tensor);
    onnx__tensor_shape_proto__init(shape);
    out->name = xstrdup(name);
    out->type = type;
    type->tensor_type = tensor;
    tensor->has_elem_type = 1;
    tensor->elem_type = ONNX_FLOAT;
    tensor->shape = shape;
    shape->dim = xcalloc(n, sizeof(*shape->dim));
    for (; shape->n_dim < n; shape->n_dim++)
        shape->dim[shape->n_dim] = dimension_of(params[shape->n_dim], values[shape->n_dim]);
    return out;
}

static void add_values(Onnx__GraphProto *out, const struct shape *s)
{
    static const char *const names[] = { "batch", "channels", NULL, NULL };
    static const char *const outputs[] = { GRAPH_LOGITS, GRAPH_PROBABILITIES };
    static const char *const free_batch[] = { "batch", NULL };

    out->input = xcalloc(1, sizeof(*out->input));
    out->input[out->n_input++] =
        value_of(GRAPH_INPUT, names, (const size_t[]){ 0, 0, s->side, s->side }, 4);
    out->output = xcalloc(2, sizeof(*out->output));
    for (; out->n_output < 2; out->n_output++)
        out->output[out->n_output] =
            value_of(outputs[out->n_output], free_batch, (const size_t[]){ 0, s->classes }, 2);
}

static Onnx__GraphProto *graph_of(const struct model *m)
{
    Onnx__GraphProto *out = xmalloc(sizeof(*out));
    struct graph *g = xcalloc(1, sizeof(*g));

    m->arch->graph(g, m);
    onnx__graph_proto__init(out);
    out->name = xstrdup(m->arch->name);
    out->node = xcalloc(g->n_nodes, sizeof(*out->node));
    for (; out->n_node < g->n_nodes; out->n_node++)
        out->node[out->n_node] = node_of(&g->nodes[out->n_node]);
    out->initializer = xcalloc(m->n_tensors + g->n_lists, sizeof(*out->initializer));
    for (size_t i = 0; i < m->n_tensors; i++)
        out->initializer[out->n_initializer++] = weights_of(&m->tensors[i]);
    for (size_t i = 0; i < g->n_lists; i++)
        out->initializer[out->n_initializer++] = list_of(g->lists[i].name, &g->lists[i].ints);
    add_values(out, &m->shape);
    free(g);
    return out;
}

static void add_metadata(Onnx__ModelProto *out, const struct model *m)
{
    json_t *meta = model_metadata(m);
    const char *key;
    json_t *value;

    out->metadata_props = xcalloc(json_object_size(meta), sizeof(*out->metadata_props));
    json_object_foreach(meta, key, value)
    {
        Onnx__StringStringEntryProto *entry = xmalloc(sizeof(*entry));

        onnx__string_string_entry_proto__init(entry);
        entry->key = xstrdup(key);
        entry->value = xstrdup(json_string_value(value));
        out->metadata_props[out->n_metadata_props++] = entry;
    }
    json_decref(meta);
}

Onnx__ModelProto *onnx_build(const struct model *m)
{
    Onnx__ModelProto *out = xmalloc(sizeof(*out));
    Onnx__OperatorSetIdProto *opset = xmalloc(sizeof(*opset));

    onnx__model_proto__init(out);
    onnx__operator_set_id_proto__init(opset);
    out->has_ir_version = 1;
    out->ir_version = ONNX_IR;
    out->producer_name = xstrdup("hearth");
    out->graph = graph_of(m);
    opset->domain = xstrdup("");
    opset->has_version = 1;
    opset->version = ONNX_OPSET;
    out->opset_import = xcalloc(1, sizeof(*out->opset_import));
    out->opset_import[out->n_opset_import++] = opset;
    add_metadata(out, m);
    return out;
}
