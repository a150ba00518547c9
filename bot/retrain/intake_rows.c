/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/intake_rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/lines.h"
#include "base/text.h"
#include "bot/retrain/intake.h"
#include "bot/retrain/source.h"
#include "model/dataset.h"
#include "model/image.h"

/* NULL, with the intake's fault set, when there are too many. */
static struct intake_sample *add_sample(struct intake *intake,
                                        const struct intake_policy *policy, const char *path,
                                        int64_t row)
{
    if (intake->n_samples == policy->max_samples) {
        intake_fault(intake, "%s: more than %zu samples in one contribution", path,
                     policy->max_samples);
        return NULL;
    }
    intake->samples =
        xrealloc_array(intake->samples, intake->n_samples + 1, sizeof(*intake->samples));
    struct intake_sample *sample = &intake->samples[intake->n_samples++];
    *sample = (struct intake_sample){ .path = xstrdup(path), .row = row, .label = -1 };
    return sample;
}

static void read_row(struct intake_sample *sample, const struct line *line)
{
    struct err why = { 0 };
    int64_t label = 0;
    size_t side = INTAKE_SIDE;

    if (dataset_parse_row(sample->pixels, &side, &label, line->text, line->len, &why) < 0) {
        intake_refuse(sample, "%s", why.msg);
        return;
    }
    sample->label = (int)label;
    sample->is_readable = true;
}

static void add_rows(struct intake *intake, const struct intake_policy *policy,
                     const char *path, const struct buf *text)
{
    struct lines lines;
    struct line line;

    lines_init(&lines, text->data, text->len);
    while (lines_next(&lines, &line)) {
        struct intake_sample *sample = add_sample(intake, policy, path, (int64_t)line.number);

        if (!sample)
            return;
        read_row(sample, &line);
    }
}

static void read_picture(struct intake_sample *sample, int label, const struct buf *png)
{
    struct image image = { 0 };
    struct err why = { 0 };

    int rc = image_decode_png(&image, png->data, png->len, "picture", &why);
    if (rc == 0)
        rc = image_fit(sample->pixels, INTAKE_SIDE, INTAKE_MAX_VALUE, &image, "picture", &why);
    image_finish(&image);
    if (rc < 0) {
        intake_refuse(sample, "%s", why.msg);
        return;
    }
    sample->label = label;
    sample->is_readable = true;
}

/* The label of "LABEL/anything.png" below the root, -1 for another path. */
static int folder_label(const char *name)
{
    return isdigit((unsigned char)name[0]) && name[1] == '/' && !strchr(name + 2, '/')
               ? name[0] - '0'
               : -1;
}

static int add_content(struct intake *intake, struct source *source, size_t index, size_t root,
                       const struct intake_policy *policy, struct err *err)
{
    const char *path = source->files[index].path;
    struct buf bytes;

    buf_init(&bytes, policy->max_file_size);
    int rc = source->read(source, index, &bytes, err);
    if (rc == 0 && text_has_suffix(path, ".csv")) {
        add_rows(intake, policy, path, &bytes);
    } else if (rc == 0) {
        struct intake_sample *sample = add_sample(intake, policy, path, 0);
        if (sample)
            read_picture(sample, folder_label(path + root), &bytes);
    }
    buf_finish(&bytes);
    return rc;
}

static const char *const silent_names[] = { "contribution.yml", "README.md" };

static bool is_silent(const char *name)
{
    for (size_t i = 0; i < sizeof(silent_names) / sizeof(silent_names[0]); i++) {
        if (strcmp(name, silent_names[i]) == 0)
            return true;
    }
    return false;
}

int intake_add_file(struct intake *intake, struct source *source, size_t index, size_t root,
                    const struct intake_policy *policy, struct err *err)
{
    const struct source_file *file = &source->files[index];
    const char *name = file->path + root;

    if (is_silent(name))
        return 0;

    bool is_picture = text_has_suffix(name, ".png") && folder_label(name) >= 0;
    bool is_table = text_has_suffix(name, ".csv") && !strchr(name, '/');
    if ((is_table || is_picture) && file->is_plain &&
        file->size <= (int64_t)policy->max_file_size)
        return add_content(intake, source, index, root, policy, err);

    struct intake_sample *sample = add_sample(intake, policy, file->path, 0);
    if (!sample)
        return 0;
    if (!file->is_plain)
        intake_refuse(sample, "not a plain file");
    else if (!is_picture && !is_table)
        intake_refuse(sample, "neither LABEL/NAME.png with a label 0..9 nor NAME.csv");
    else
        intake_refuse(sample, "larger than the limit of %zu bytes", policy->max_file_size);
    return 0;
}
