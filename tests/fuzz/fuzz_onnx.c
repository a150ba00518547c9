/* SPDX-License-Identifier: Apache-2.0
 * ONNX files from strangers: a model that is accepted can be written and read again. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/model.h"
#include "model/onnx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model *m = NULL, *again = NULL;
    struct buf out;

    if (onnx_read(&m, data, size, "input", NULL) < 0)
        return 0;
    buf_init(&out, MODEL_MAX_FILE_BYTES);
    assert(onnx_write(&out, m, NULL) == 0);
    assert(onnx_read(&again, out.data, out.len, "output", NULL) == 0);
    buf_finish(&out);
    model_free(again);
    model_free(m);
    return 0;
}
