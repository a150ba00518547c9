/* SPDX-License-Identifier: Apache-2.0
 * What requests show to be let in: the first line says which reader gets the rest. One grant of
 * each kind was ever signed with this key, for ada's repository: no other is taken. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hub/web/credentials.h"
#include "hub/web/lfs_url.h"
#include "hub/web/range.h"
#include "hub/web/xet_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char key[] = "key";
enum { NOW = 1000, EXPIRES_AT = 2000, SIZE = 12 };

static void read_authorization(const char *text)
{
    char *token = credentials_token(text);

    assert(!token || strlen(token) < strlen(text));
    free(token);
}

static void read_agent(const char *text)
{
    assert(!credentials_would_use_xet(text) || strstr(text, "hf_hub/"));
}

static void read_etags(const char *text)
{
    assert(!etag_is_listed(text, "\"a\"") || strstr(text, "\"a\"") || strchr(text, '*'));
}

static void read_xet(const char *text)
{
    struct xet_grant grant;

    if (xet_token_read(&grant, text, key, NOW) < 0)
        return;
    assert(strcmp(grant.repo, "ada/m") == 0 && strcmp(grant.person, "ada") == 0);
    assert(grant.kind == HOSTED_MODEL && grant.expires_at == EXPIRES_AT);
}

/* "OID?QUERY" */
static void read_lfs(const char *text)
{
    char *oid = xstrdup(text), *query = strchr(oid, '?');
    struct lfs_grant grant;

    if (query) {
        *query++ = '\0';
        const struct lfs_address address = { .oid = oid, .query = query };

        if (lfs_url_read(&grant, &address, "put", key, NOW) == 0) {
            assert(strcmp(grant.repo, "ada/m") == 0 && grant.oid[0] == '0');
            assert(grant.size == SIZE && grant.part == 0 && grant.expires_at == EXPIRES_AT);
        }
    }
    free(oid);
}

static const struct {
    const char *name;
    void (*read)(const char *text);
} readers[] = {
    { "authorization", read_authorization },
    { "agent", read_agent },
    { "etags", read_etags },
    { "xet", read_xet },
    { "lfs", read_lfs },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xstrndup((const char *)data, len); /* no header holds a NUL */
    char *rest = strchr(text, '\n');

    if (rest) {
        *rest++ = '\0';
        for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
            if (strcmp(text, readers[i].name) == 0)
                readers[i].read(rest);
    }
    free(text);
    return 0;
}
