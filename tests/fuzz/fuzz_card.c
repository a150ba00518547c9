/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "hub/web/card.h"
#include "hub/web/markdown.h"

enum { MAX_HTML_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any README: its text is a part of it, and no script comes out. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *readme = xstrndup((const char *)data, len);
    struct card card;
    struct buf html;

    markdown_setup();
    buf_init(&html, MAX_HTML_BYTES);
    card_init(&card, readme, strlen(readme));
    assert(card.text >= readme && card.text + card.text_len == readme + strlen(readme));
    markdown_add(&html, card.text, card.text_len, "/base/");
    assert(!strstr(html.data, "<script") && !strstr(html.data, "href=\"javascript:"));
    card_finish(&card);
    buf_finish(&html);
    free(readme);
    return 0;
}
