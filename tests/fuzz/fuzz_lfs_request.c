/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "hub/web/lfs_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_object(const struct lfs_object *object, const json_t *item)
{
    struct lfs_object alone;
    int rc = lfs_object_read(&alone, item, NULL);

    assert((rc == 0) == (object->fault == NULL));
    assert(strlen(object->oid) < SHA256_HEX_SIZE && strcmp(object->oid, alone.oid) == 0);
    assert(object->size >= 0 && object->size <= LFS_MAX_OBJECT_BYTES);
    assert(object->fault || hex_is(object->oid, SHA256_HEX_SIZE - 1));
}

/* However a batch is asked for, each object is one that can be or has a fault that says why
 * not; and what is refused as a whole has a reason, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct lfs_request request;
    struct err err = { 0 };
    json_t *doc = NULL;

    if (json_parse(&doc, (const char *)data, len, "body", NULL) < 0)
        return 0;
    int rc = lfs_request_read(&request, doc, &err);
    assert(rc < 0 ? err.msg[0] != '\0' && request.n_objects == 0
                  : request.n_objects <= LFS_MAX_OBJECTS);
    for (size_t i = 0; i < request.n_objects; i++)
        check_object(&request.objects[i], json_array_get(json_object_get(doc, "objects"), i));
    lfs_request_finish(&request);
    json_decref(doc);
    return 0;
}
