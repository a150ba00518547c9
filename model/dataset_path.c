/* SPDX-License-Identifier: Apache-2.0
 * What a --data argument may name. */
#include "model/dataset.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/gzip.h"
#include "base/text.h"

static int read_csv_file(struct dataset *ds, const char *path, struct err *err)
{
    struct buf raw, text;

    buf_init(&raw, DATASET_MAX_FILE_BYTES);
    buf_init(&text, DATASET_MAX_FILE_BYTES);
    int rc = fs_read(&raw, path, err);
    if (rc < 0)
        goto out;
    const struct buf *from = &raw;
    if (gzip_is(raw.data, raw.len)) {
        rc = gzip_unpack(&text, raw.data, raw.len, path, err);
        from = &text;
    }
    if (rc == 0)
        rc = dataset_read_csv(ds, from->data, from->len, path, err);
out:
    buf_finish(&text);
    buf_finish(&raw);
    return rc;
}

static const struct {
    const char *suffix;
    int (*read)(struct dataset *ds, const char *path, struct err *err);
} readers[] = {
    { ".csv", read_csv_file },
    { ".csv.gz", read_csv_file },
};

int dataset_read_path(struct dataset *ds, const char *path, struct err *err)
{
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (text_has_suffix(path, readers[i].suffix))
            return readers[i].read(ds, path, err);
    }
    return err_set(err, ERR_USAGE,
                   "'%s': cannot tell its format; this version reads .csv and "
                   ".csv.gz",
                   path);
}
