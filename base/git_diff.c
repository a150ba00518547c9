/* SPDX-License-Identifier: Apache-2.0
 * Two texts, compared line by line. */
#include "base/git.h"

#include <string.h>

#include "base/buf.h"
#include "base/git_impl.h"

enum { CONTEXT_LINES = 2 };

/* "@@ -1,2 +1,3 @@" comes with its line end; so does what libgit2 says of a missing one. */
static int add_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                    const git_diff_line *line, void *ctx)
{
    struct buf *out = ctx;

    (void)delta;
    (void)hunk;
    if (line->origin == GIT_DIFF_LINE_FILE_HDR)
        return 0;
    if (strchr("+- ", line->origin))
        buf_add_char(out, line->origin);
    buf_add(out, line->content, line->content_len);
    return 0;
}

int git_diff_texts(struct buf *out, const char *before, const char *after, struct err *err)
{
    git_diff_options options;
    git_patch *patch = NULL;
    int rc = git_setup(err);

    if (rc < 0)
        return rc;
    (void)git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = CONTEXT_LINES;
    options.flags |= GIT_DIFF_FORCE_TEXT;
    rc = git_patch_from_buffers(&patch, before, strlen(before), "before", after, strlen(after),
                                "after", &options);
    if (rc == 0)
        rc = git_patch_print(patch, add_line, out);
    git_patch_free(patch);
    return rc < 0 ? git_fail(err, rc, "comparing two texts") : buf_check(out, "diff", err);
}
