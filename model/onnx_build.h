/* SPDX-License-Identifier: Apache-2.0
 * model/onnx_build.h
 * onnx_build: the protobuf message of a model; shared by writer and reader, nobody else's. */
#ifndef MODEL_ONNX_BUILD_H
#define MODEL_ONNX_BUILD_H
#include "model/onnx.pb-c.h"

struct model;

enum { ONNX_FLOAT = 1, ONNX_INT64 = 7, ONNX_IR = 8, ONNX_OPSET = 17 };

/* m's architecture has a graph. onnx__model_proto__free_unpacked(it, NULL) frees all of it. */
Onnx__ModelProto *onnx_build(const struct model *m);

#endif
