/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

void markdown_setup(void)
{
    cmark_gfm_core_extensions_ensure_registered();
}

/* Neither "scheme:", nor "/path", nor "#part": relative to the document's folder. */
static bool is_relative(const char *url)
{
    return *url && !strchr("/#?", *url) && url[strcspn(url, ":/?#")] != ':';
}

static void rebase_links(cmark_node *document, const char *base)
{
    cmark_iter *iter = cmark_iter_new(document);

    while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        const char *url = cmark_node_get_url(node); /* NULL for what has none */

        if (!url || !is_relative(url))
            continue;
        char *whole = xasprintf("%s%s", base, url);
        (void)cmark_node_set_url(node, whole);
        free(whole);
    }
    cmark_iter_free(iter);
}

static void attach_extensions(cmark_parser *parser)
{
    static const char *const names[] = { "table", "strikethrough", "autolink", "tasklist" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        cmark_syntax_extension *extension = cmark_find_syntax_extension(names[i]);

        if (extension)
            (void)cmark_parser_attach_syntax_extension(parser, extension);
    }
}

void markdown_add(struct buf *out, const char *text, size_t len, const char *base)
{
    const int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;
    cmark_parser *parser = cmark_parser_new(options);

    attach_extensions(parser);
    cmark_parser_feed(parser, text,
                      len <= MARKDOWN_MAX_BYTES ? len : text_cut(text, MARKDOWN_MAX_BYTES));
    cmark_node *document = cmark_parser_finish(parser);
    rebase_links(document, base);
    char *html =
        cmark_render_html(document, options, cmark_parser_get_syntax_extensions(parser));
    buf_add_str(out, html);
    free(html);
    cmark_node_free(document);
    cmark_parser_free(parser);
}
