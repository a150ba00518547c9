/* SPDX-License-Identifier: Apache-2.0 */
#include "model/onnx.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/arch.h"
#include "model/model.h"
#include "model/onnx_build.h"

int onnx_write(struct buf *out, const struct model *m, struct err *err)
{
    if (!m->arch->graph)
        return err_set(err, ERR_REFUSED, "a model of the architecture '%s' has no ONNX form",
                       m->arch->name);

    Onnx__ModelProto *message = onnx_build(m);
    size_t len = onnx__model_proto__get_packed_size(message);
    uint8_t *bytes = xmalloc(len);

    (void)onnx__model_proto__pack(message, bytes);
    buf_add(out, bytes, len);
    free(bytes);
    onnx__model_proto__free_unpacked(message, NULL);
    return buf_check(out, "ONNX file", err);
}
