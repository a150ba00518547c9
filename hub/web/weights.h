/* SPDX-License-Identifier: Apache-2.0
 * hub/web/weights.h
 * weights: how many parameters a safetensors file of any size has, from its header alone.
 * Knows the format as far as counting needs it (model/safetensors.h reads the tensors, too).
 * Private to hub/web. */
#ifndef HUB_WEB_WEIGHTS_H
#define HUB_WEB_WEIGHTS_H
#include <stdint.h>

#include "base/json.h"

enum { WEIGHTS_LENGTH_BYTES = 8, WEIGHTS_MAX_HEADER = 4 << 20 };

/* How many bytes at the start of a file of that size are its header, length included; -1 when
 * it has none, or one past the limit. */
int64_t weights_header_bytes(const char length[WEIGHTS_LENGTH_BYTES], int64_t file_size);

/* {"parameters": {"F32": n}, "total": n} from those bytes; NULL when they are not sound. */
json_t *weights_count(const char *header, int64_t header_bytes, int64_t file_size);

#endif
