/* SPDX-License-Identifier: Apache-2.0
 * What a --data argument may name. */
#include "model/dataset.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/gzip.h"
#include "base/text.h"

enum { MAX_NAMES = 10000 };

/* The file, unpacked when it is gzip. */
static int read_file(struct buf *out, const char *path, struct err *err)
{
    int rc = fs_read(out, path, err);
    if (rc < 0 || !gzip_is(out->data, out->len))
        return rc;

    struct buf packed = *out;
    buf_init(out, DATASET_MAX_FILE_BYTES);
    rc = gzip_unpack(out, packed.data, packed.len, path, err);
    buf_finish(&packed);
    return rc;
}

static int read_csv_file(struct dataset *ds, const char *path, struct err *err)
{
    struct buf text;

    buf_init(&text, DATASET_MAX_FILE_BYTES);
    int rc = read_file(&text, path, err);
    if (rc == 0)
        rc = dataset_read_csv(ds, text.data, text.len, path, err);
    buf_finish(&text);
    return rc;
}

/* The path of the labels: the last "images" becomes "labels", and "idx3" "idx1". */
static char *labels_beside(const char *images)
{
    char *path = xstrdup(images), *word = NULL;

    for (char *at = path; (at = strstr(at, "images")) != NULL; at++)
        word = at;
    memcpy(word, "labels", 6);
    char *rank = strstr(word, "idx3");
    if (rank)
        rank[3] = '1';
    return path;
}

static int read_pair(struct dataset *ds, const char *path,
                     int (*read)(struct dataset *, struct buf *, struct buf *, const char *,
                                 struct err *),
                     struct err *err)
{
    char *labels_path = labels_beside(path);
    struct buf images, labels;

    buf_init(&images, DATASET_MAX_FILE_BYTES);
    buf_init(&labels, DATASET_MAX_FILE_BYTES);
    int rc = read_file(&images, path, err);
    if (rc == 0)
        rc = read_file(&labels, labels_path, err);
    if (rc == 0)
        rc = read(ds, &images, &labels, path, err);
    buf_finish(&labels);
    buf_finish(&images);
    free(labels_path);
    return rc;
}

static int read_idx_pair(struct dataset *ds, const char *path, struct err *err)
{
    return read_pair(ds, path, dataset_read_idx, err);
}

static int read_npy_pair(struct dataset *ds, const char *path, struct err *err)
{
    return read_pair(ds, path, dataset_read_npy, err);
}

/* By the end of the name. */
static const struct {
    const char *suffix;
    int (*read)(struct dataset *ds, const char *path, struct err *err);
} readers[] = {
    { ".csv", read_csv_file },
    { ".csv.gz", read_csv_file },
    { "images-idx3-ubyte", read_idx_pair },
    { "images-idx3-ubyte.gz", read_idx_pair },
    { "images.idx3-ubyte", read_idx_pair },
    { "images.idx3-ubyte.gz", read_idx_pair },
    { "images.npy", read_npy_pair },
};

enum { N_READERS = sizeof(readers) / sizeof(readers[0]) };

static size_t reader_for(const char *path)
{
    size_t i = 0;

    while (i < N_READERS && !text_has_suffix(path, readers[i].suffix))
        i++;
    return i;
}

static bool is_picture_folder(const char *path)
{
    static const char *const signs[] = {
        "metadata.csv", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"
    };
    bool found = false;

    for (size_t i = 0; !found && i < sizeof(signs) / sizeof(signs[0]); i++) {
        char *inside = fs_path(path, signs[i], NULL);

        found = fs_exists(inside);
        free(inside);
    }
    return found;
}

static int read_folder(struct dataset *ds, const char *path, struct err *err)
{
    char **names = NULL;
    size_t n = 0, n_read = 0;

    int rc = fs_list(&names, &n, path, MAX_NAMES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *file = fs_path(path, names[i], NULL);
        size_t reader = reader_for(file);

        if (reader < N_READERS && fs_size(file) >= 0) {
            rc = readers[reader].read(ds, file, err);
            n_read++;
        }
        free(file);
    }
    if (rc == 0 && n_read == 0)
        rc = err_set(err, ERR_NOTFOUND, "'%s': no data set in this folder", path);
    fs_list_free(names, n);
    return rc;
}

int dataset_read_path(struct dataset *ds, const char *path, struct err *err)
{
    size_t reader = reader_for(path);

    if (fs_exists(path) && fs_size(path) < 0)
        return is_picture_folder(path) ? dataset_read_pictures(ds, path, err)
                                       : read_folder(ds, path, err);
    if (reader < N_READERS)
        return readers[reader].read(ds, path, err);
    return err_set(err, ERR_USAGE,
                   "'%s': cannot tell its format: .csv, images-idx3-ubyte, "
                   "either also .gz, images.npy, or a folder",
                   path);
}
