/* SPDX-License-Identifier: Apache-2.0
 * Weights from strangers: a model that is accepted can be written and read again. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "model/model.h"
#include "model/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct safetensors st;
    struct model *m = NULL;

    if (safetensors_parse(&st, data, size, "input", NULL) == 0) {
        for (size_t i = 0; i < st.n_tensors; i++)
            assert(st.tensors[i].size <= size);
        safetensors_finish(&st);
    }
    if (model_read(&m, data, size, "input", NULL) == 0) {
        struct model *again = NULL;
        struct buf out;

        buf_init(&out, MODEL_MAX_FILE_BYTES);
        assert(model_write(&out, m, NULL) == 0);
        assert(model_read(&again, out.data, out.len, "output", NULL) == 0);
        buf_finish(&out);
        model_free(again);
        model_free(m);
    }
    return 0;
}
