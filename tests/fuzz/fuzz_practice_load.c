/* SPDX-License-Identifier: Apache-2.0
 * A community from anywhere is refused, or every part of it can be shown. */
#include <assert.h>
#include <stdint.h>

#include "base/clock.h"
#include "practice/forge.h"
#include "practice/load.h"
#include "practice/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int64_t a_fixed_time(void *ctx)
{
    (void)ctx;
    return 1767225600000;
}

static json_t *show_issue(const struct view *v, const json_t *row)
{
    json_t *timeline = render_timeline(v, row);

    assert(json_is_array(timeline));
    json_decref(timeline);
    if (row_has(row, "pull")) {
        json_t *pull = render_pull(v, row, PULL_FULL);

        assert(json_is_object(pull));
        json_decref(pull);
    }
    return render_issue(v, row);
}

static json_t *show_event(const struct view *v, const json_t *row)
{
    return render_event(v, row, EVENT_IN_REPO);
}

static const struct {
    enum table table;
    json_t *(*show)(const struct view *v, const json_t *row);
} shows[] = {
    { THREADS, show_issue },      { COMMENTS, render_comment },
    { REVIEWS, render_review },   { REVIEW_COMMENTS, render_review_comment },
    { EVENTS, show_event },       { LABELS, render_label },
    { RELEASES, render_release },
};

static void show_all(struct forge *f)
{
    const struct view view = { .forge = f,
                               .api = "http://a/api/v3",
                               .upload = "http://a/api/uploads",
                               .html = "http://a" };

    for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++) {
        size_t k;
        json_t *row;

        json_array_foreach(state_table(&f->state, shows[i].table), k, row)
        {
            json_t *shown = shows[i].show(&view, row);

            assert(json_is_object(shown));
            json_decref(shown);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct forge f = { .clock = { .now_ms = a_fixed_time } };

    state_init(&f.state);
    if (load_text(&f, (const char *)data, len, "input", NULL) == 0)
        show_all(&f);
    state_finish(&f.state);
    return 0;
}
