/* SPDX-License-Identifier: Apache-2.0
 * model/onnx.h
 * onnx: a model with its graph, as onnxruntime and transformers.js run it (opset 17, IR 8).
 * Input and outputs stand in model/graph.h. The metadata are those of the .safetensors file, so
 * that either form can be made from the other. Reading takes what we wrote, or what says the
 * same: the graph in the file must be the one that the architecture has, node by node. */
#ifndef MODEL_ONNX_H
#define MODEL_ONNX_H
#include <stddef.h>

struct buf;
struct err;
struct model;

/* Appends a file; the same model gives the same bytes. -ERR_REFUSED for an architecture without
 * a graph. */
int onnx_write(struct buf *out, const struct model *m, struct err *err);

/* Refuses files that are damaged, of another opset, with another graph than their metadata say,
 * or with a weight that is not a finite number. what names the source. */
int onnx_read(struct model **ret, const void *bytes, size_t len, const char *what,
              struct err *err);

#endif
