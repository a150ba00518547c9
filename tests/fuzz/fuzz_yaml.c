/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>

#include "base/yaml.h"

enum { MAX_VALUES = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any bytes: what is accepted has values with a path, each found under it, in bounds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct yaml_doc doc = { 0 };

    if (yaml_parse(&doc, (const char *)data, len, "input", MAX_VALUES, NULL) < 0) {
        assert(!doc.values);
        return 0;
    }
    assert(doc.n_values <= MAX_VALUES);
    for (size_t i = 0; i < doc.n_values; i++) {
        assert(doc.values[i].path[0] && doc.values[i].line > 0);
        assert(yaml_find(&doc, doc.values[i].path) == &doc.values[i]);
    }
    yaml_finish(&doc);
    return 0;
}
