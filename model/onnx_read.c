/* SPDX-License-Identifier: Apache-2.0
 * Reading is: take the bytes apart within a memory budget, make the model that the metadata
 * describe, fill its weights, and then compare everything else in the file with what we would
 * have written for that model. */
#include "model/onnx.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "model/arch.h"
#include "model/model.h"
#include "model/onnx_build.h"

/* An empty message takes two bytes in a file and a hundred here, a real one hardly more than in
 * the file. */
enum { MEMORY_FACTOR = 16, MEMORY_MORE = 1 << 16 };

struct budget {
    size_t left; /* bytes */
};

static void *budget_alloc(void *data, size_t size)
{
    struct budget *budget = data;

    if (size > budget->left)
        return NULL;
    budget->left -= size;
    return xmalloc(size);
}

static void budget_free(void *data, void *pointer)
{
    (void)data;
    free(pointer);
}

/* The metadata as an object of strings. */
static int read_metadata(json_t *meta, const Onnx__ModelProto *file, struct err *err)
{
    for (size_t i = 0; i < file->n_metadata_props; i++) {
        const Onnx__StringStringEntryProto *entry = file->metadata_props[i];
        json_t *value = entry->value ? json_string(entry->value) : NULL;

        if (!value || !entry->key || json_object_get(meta, entry->key)) {
            json_decref(value);
            return err_set(err, ERR_PARSE,
                           "metadata_props[%zu]: no key, no text, or '%.40s' "
                           "again",
                           i, entry->key ? entry->key : "");
        }
        json_object_set_new(meta, entry->key, value);
    }
    return 0;
}

static int check_versions(const Onnx__ModelProto *file, struct err *err)
{
    const Onnx__OperatorSetIdProto *opset = file->n_opset_import ? file->opset_import[0] : NULL;

    if (!file->graph || !file->has_ir_version)
        return err_set(err, ERR_PARSE, "no ir_version or no graph: not an ONNX model");
    if (file->n_opset_import != 1 || (opset->domain && opset->domain[0]) ||
        opset->version != ONNX_OPSET)
        return err_set(err, ERR_PARSE, "opset_import is not %d of the standard operators alone",
                       ONNX_OPSET);
    if (file->base.n_unknown_fields || file->graph->base.n_unknown_fields)
        return err_set(err, ERR_PARSE, "the %s has fields that are not read here",
                       file->base.n_unknown_fields ? "model" : "graph");
    return 0;
}

static const Onnx__TensorProto *find_tensor(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t i = 0; i < graph->n_initializer; i++) {
        const Onnx__TensorProto *t = graph->initializer[i];

        if (t->name && strcmp(t->name, name) == 0)
            return t;
    }
    return NULL;
}

static bool is_same_shape(const struct tensor *t, const Onnx__TensorProto *f)
{
    bool same = t->n_dims == f->n_dims;

    for (size_t i = 0; same && i < t->n_dims; i++)
        same = (int64_t)t->dims[i] == f->dims[i];
    return same;
}

static int read_tensor(struct tensor *t, const Onnx__GraphProto *graph, struct err *err)
{
    const Onnx__TensorProto *f = find_tensor(graph, t->name);

    if (!f)
        return err_set(err, ERR_PARSE, "tensor '%s' is missing", t->name);
    if (f->data_type != ONNX_FLOAT || !is_same_shape(t, f))
        return err_set(err, ERR_PARSE, "tensor '%s' has another type or shape than its model",
                       t->name);
    if (f->base.n_unknown_fields || f->raw_data.len != t->count * sizeof(float))
        return err_set(err, ERR_PARSE,
                       "tensor '%s': raw_data of %zu bytes; its shape needs %zu, and nothing "
                       "else",
                       t->name, f->raw_data.len, t->count * sizeof(float));
    return tensor_read(t, f->raw_data.data, err);
}

static bool is_same(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    size_t len = protobuf_c_message_get_packed_size(a);

    if (len != protobuf_c_message_get_packed_size(b))
        return false;
    uint8_t *bytes = xcalloc(2, len ? len : 1);
    (void)protobuf_c_message_pack(a, bytes);
    (void)protobuf_c_message_pack(b, bytes + len);
    bool same = memcmp(bytes, bytes + len, len) == 0;
    free(bytes);
    return same;
}

static int check_nodes(const Onnx__GraphProto *got, const Onnx__GraphProto *want,
                       struct err *err)
{
    if (got->n_node != want->n_node)
        return err_set(err, ERR_PARSE, "a graph of %zu nodes; '%s' has %zu", got->n_node,
                       want->name, want->n_node);
    for (size_t i = 0; i < got->n_node; i++) {
        if (!is_same(&got->node[i]->base, &want->node[i]->base))
            return err_set(err, ERR_PARSE, "node %zu is not the %s that '%s' has there", i,
                           want->node[i]->op_type, want->name);
    }
    return 0;
}

static int check_values(const Onnx__GraphProto *got, const Onnx__GraphProto *want,
                        struct err *err)
{
    bool same = got->n_input == want->n_input && got->n_output == want->n_output;

    for (size_t i = 0; same && i < got->n_input; i++)
        same = is_same(&got->input[i]->base, &want->input[i]->base);
    for (size_t i = 0; same && i < got->n_output; i++)
        same = is_same(&got->output[i]->base, &want->output[i]->base);
    if (!same)
        return err_set(err, ERR_PARSE, "its inputs and outputs are not those of '%s'",
                       want->name);
    return 0;
}

static int check_initializers(const Onnx__GraphProto *got, const Onnx__GraphProto *want,
                              struct err *err)
{
    if (got->n_initializer != want->n_initializer)
        return err_set(err, ERR_PARSE, "%zu initializers; '%s' has %zu", got->n_initializer,
                       want->name, want->n_initializer);
    for (size_t i = 0; i < want->n_initializer; i++) {
        const Onnx__TensorProto *t = find_tensor(got, want->initializer[i]->name);

        if (!t || !is_same(&t->base, &want->initializer[i]->base))
            return err_set(err, ERR_PARSE, "initializer '%s' is missing or another one",
                           want->initializer[i]->name);
    }
    return 0;
}

/* Is the rest of the file what we write for this model? */
static int check_graph(const Onnx__ModelProto *file, const struct model *m, struct err *err)
{
    Onnx__ModelProto *want = onnx_build(m);

    int rc = check_nodes(file->graph, want->graph, err);
    if (rc == 0)
        rc = check_values(file->graph, want->graph, err);
    if (rc == 0)
        rc = check_initializers(file->graph, want->graph, err);
    onnx__model_proto__free_unpacked(want, NULL);
    return rc;
}

static int from_message(struct model **ret, const Onnx__ModelProto *file, struct err *err)
{
    json_t *meta = json_object();
    struct model *m = NULL;

    int rc = check_versions(file, err);
    if (rc == 0)
        rc = read_metadata(meta, file, err);
    if (rc == 0)
        rc = model_from_metadata(&m, meta, err);
    if (rc == 0 && !m->arch->graph)
        rc = err_set(err, ERR_PARSE, "a model of the architecture '%s' has no ONNX form",
                     m->arch->name);
    for (size_t i = 0; rc == 0 && i < m->n_tensors; i++)
        rc = read_tensor(&m->tensors[i], file->graph, err);
    if (rc == 0)
        rc = check_graph(file, m, err);
    json_decref(meta);
    if (rc < 0) {
        model_free(m);
        return rc;
    }
    *ret = m;
    return 0;
}

int onnx_read(struct model **ret, const void *bytes, size_t len, const char *what,
              struct err *err)
{
    struct budget budget = { len * MEMORY_FACTOR + MEMORY_MORE };
    ProtobufCAllocator allocator = { budget_alloc, budget_free, &budget };

    if (len > MODEL_MAX_FILE_BYTES)
        return err_set(err, ERR_LIMIT, "%s: %zu bytes; the limit is %d", what, len,
                       MODEL_MAX_FILE_BYTES);
    Onnx__ModelProto *file = onnx__model_proto__unpack(&allocator, len, bytes);
    if (!file)
        return err_set(err, ERR_PARSE, "%s: not an ONNX model, or damaged", what);
    int rc = from_message(ret, file, err);
    onnx__model_proto__free_unpacked(file, &allocator);
    return rc < 0 ? err_wrap(err, rc, "%s", what) : 0;
}
