/* SPDX-License-Identifier: Apache-2.0
 * hub/web/gguf.h
 * gguf: what the header of a GGUF file says of its model: how many parameters, which
 * architecture, how long a context. Knows the format as far as that needs it, in its versions 2
 * and 3, little-endian. Private to hub/web. */
#ifndef HUB_WEB_GGUF_H
#define HUB_WEB_GGUF_H
#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

enum { GGUF_MAX_HEADER = 32 << 20, GGUF_MAX_TENSORS = 1000000, GGUF_MAX_KEYS = 100000 };

/* {"total": n, "architecture": s, "context_length": n, "chat_template": s} from the first bytes
 * of a file, the last three where they are told; the caller's. NULL when the bytes are not
 * sound, or when they end before the header does: *ret_is_short. */
json_t *gguf_read(const void *bytes, size_t len, bool *ret_is_short);

#endif
