/* SPDX-License-Identifier: Apache-2.0
 * champion: trains the bundled model anew and writes its file.
 *
 *     champion DIGITS.csv SPLIT.csv OUT.safetensors
 *
 * Needed when the recipe or the arithmetic changes; a unit test fails as long as the file in
 * data/ is not what this program makes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "model/dataset.h"
#include "model/model.h"
#include "model/split.h"
#include "model/train.h"

static int train(struct model **ret, const struct dataset *base, struct err *err)
{
    struct train_options options = { .arch = &arch_mlp,
                                     .recipe = arch_mlp.recipe,
                                     .threads = 1 };

    int rc = kernels_choose(&options.kernels, NULL, err);
    return rc < 0 ? rc : train_model(ret, NULL, base, &options, err);
}

static int make(const char *digits, const char *split, const char *out, struct err *err)
{
    struct dataset all, base;
    struct model *m = NULL;
    struct buf text, file;

    dataset_init(&all, 8);
    dataset_init(&base, 8);
    buf_init(&text, 1 << 20);
    buf_init(&file, MODEL_MAX_FILE_BYTES);
    int rc = dataset_read_path(&all, digits, err);
    if (rc == 0)
        rc = fs_read(&text, split, err);
    if (rc == 0)
        rc = split_select(&base, &all, SPLIT_BASE, text.data, text.len, err);
    if (rc == 0)
        rc = train(&m, &base, err);
    if (rc == 0)
        rc = model_write(&file, m, err);
    if (rc == 0)
        rc = fs_write(out, file.data, file.len, 0644, err);
    model_free(m);
    buf_finish(&file);
    buf_finish(&text);
    dataset_finish(&base);
    dataset_finish(&all);
    return rc;
}

int main(int argc, char **argv)
{
    struct err err = { 0 };

    if (argc != 4) {
        fprintf(stderr, "usage: champion DIGITS.csv SPLIT.csv OUT.safetensors\n");
        return 2;
    }
    if (make(argv[1], argv[2], argv[3], &err) < 0) {
        fprintf(stderr, "champion: %s\n", err.msg);
        return 1;
    }
    return 0;
}
