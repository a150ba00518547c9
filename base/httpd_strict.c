/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_strict.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct seen {
    unsigned lengths, encodings, hosts;
    const char *fault;
};

static bool is_made_of(const char *text, size_t len, const char *others)
{
    static const char common[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

    for (size_t i = 0; i < len; i++)
        if (!text[i] || (!strchr(common, text[i]) && !strchr(others, text[i])))
            return false;
    return len > 0;
}

/* microhttpd 0.9.75 joins a folded line to its header's name: "Content-Length: 4\r\n 2" is a
 * header "Content-Length2", and a body that we would not see. */
static bool is_folded(const char *name)
{
    static const char *const whole[] = { MHD_HTTP_HEADER_CONTENT_LENGTH,
                                         MHD_HTTP_HEADER_TRANSFER_ENCODING,
                                         MHD_HTTP_HEADER_HOST };

    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        size_t len = strlen(whole[i]);

        if (strncasecmp(name, whole[i], len) == 0 && name[len] != '\0')
            return true;
    }
    return false;
}

/* Some take a bare CR for the end of a line. */
static bool has_controls(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
            return true;
    return false;
}

static void look_at_framing(struct seen *seen, const char *name, const char *value)
{
    if (text_equal_ignoring_case(name, MHD_HTTP_HEADER_CONTENT_LENGTH)) {
        seen->lengths++;
        if (value[0] == '\0' || value[strspn(value, "0123456789")] != '\0')
            seen->fault = "Content-Length is no number";
    } else if (text_equal_ignoring_case(name, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        seen->encodings++;
        if (!text_equal_ignoring_case(value, "chunked"))
            seen->fault = "Transfer-Encoding can only be chunked";
    }
}

static enum MHD_Result look(void *cls, enum MHD_ValueKind kind, const char *name,
                            size_t name_len, const char *value, size_t value_len)
{
    struct seen *seen = cls;

    (void)kind;
    if (!is_made_of(name, name_len, "!#$%&'*+.^_`|~")) {
        seen->fault = "a header's name has characters that cannot be in one";
    } else if (is_folded(name)) {
        seen->fault = "a header that ends the body or names the host is told in two lines";
    } else if (value && has_controls(value, value_len)) {
        seen->fault = "a header's value has control characters";
    } else if (text_equal_ignoring_case(name, MHD_HTTP_HEADER_HOST)) {
        seen->hosts++;
        if (!value || !is_made_of(value, value_len, ".:[]_"))
            seen->fault = "Host is no host and port";
    } else if (value) {
        look_at_framing(seen, name, value);
    }
    return seen->fault ? MHD_NO : MHD_YES;
}

const char *httpd_strict_fault(struct MHD_Connection *connection, const char *version)
{
    struct seen seen = { 0 };

    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look, &seen);
    if (seen.fault)
        return seen.fault;
    if (seen.lengths + seen.encodings > 1)
        return "the end of the body is told twice";
    if (seen.hosts > 1 || (seen.hosts == 0 && strcmp(version, MHD_HTTP_VERSION_1_1) == 0))
        return "there must be one Host";
    return NULL;
}
