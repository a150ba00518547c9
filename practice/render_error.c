/* SPDX-License-Identifier: Apache-2.0
 * Refusals as the API shows them. */
#include "practice/call.h"

json_t *render_error(const struct call *c, int status, const char *message)
{
    (void)c;
    return json_pack("{s:s, s:s, s:o}", "message", message, "documentation_url",
                     "https://docs.github.com/rest", "status", json_sprintf("%d", status));
}

json_t *render_invalid(const struct call *c, const char *resource, const char *field,
                       const char *code)
{
    json_t *body = render_error(c, 422, "Validation Failed");

    row_set(body, "errors",
            json_pack("[{s:s, s:s, s:s}]", "resource", resource, "field", field, "code", code));
    return body;
}
