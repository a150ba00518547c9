/* SPDX-License-Identifier: Apache-2.0 */
#include "model/format.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/gzip.h"
#include "base/text.h"
#include "model/dataset.h"
#include "model/model.h"
#include "model/onnx.h"

enum { MAX_NAMES = 10000 };

/* One row per end of a name. Data sets are one file or two: "images" and "labels". */
struct format {
    const char *suffix;
    enum format_kind kind;
    int (*read)(struct dataset *ds, const char *text, size_t len, const char *what,
                struct err *err);
    int (*write)(struct buf *out, const struct dataset *ds, struct err *err);
    int (*read_pair)(struct dataset *ds, struct buf *images, struct buf *labels,
                     const char *what, struct err *err);
    int (*write_pair)(struct buf *images, struct buf *labels, const struct dataset *ds,
                      struct err *err);
    int (*load)(struct model **ret, const void *bytes, size_t len, const char *what,
                struct err *err);
    int (*save)(struct buf *out, const struct model *m, struct err *err);
};

#define CSV .kind = FORMAT_DATA, .read = dataset_read_csv, .write = dataset_write_csv
#define IDX .kind = FORMAT_DATA, .read_pair = dataset_read_idx, .write_pair = dataset_write_idx
#define NPY .kind = FORMAT_DATA, .read_pair = dataset_read_npy, .write_pair = dataset_write_npy

static const struct format formats[] = {
    { ".csv", CSV },
    { ".csv.gz", CSV },
    { "images-idx3-ubyte", IDX },
    { "images-idx3-ubyte.gz", IDX },
    { "images.idx3-ubyte", IDX },
    { "images.idx3-ubyte.gz", IDX },
    { "images.npy", NPY },
    { ".safetensors", .kind = FORMAT_MODEL, .load = model_read, .save = model_write },
    { ".onnx", .kind = FORMAT_MODEL, .load = onnx_read, .save = onnx_write },
};

static const struct format *format_of(const char *path)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (text_has_suffix(path, formats[i].suffix))
            return &formats[i];
    }
    return NULL;
}

static bool is_folder(const char *path)
{
    return fs_exists(path) && fs_size(path) < 0;
}

static bool holds(const char *folder, const char *name)
{
    char *inside = fs_path(folder, name, NULL);
    bool found = fs_exists(inside);

    free(inside);
    return found;
}

static bool is_picture_folder(const char *path)
{
    static const char *const signs[] = {
        "metadata.csv", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"
    };
    bool found = false;

    for (size_t i = 0; !found && i < sizeof(signs) / sizeof(signs[0]); i++)
        found = holds(path, signs[i]);
    return found;
}

/* A name that is no file's becomes a folder when it is written. */
static bool names_folder(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

    return is_folder(path) || !strchr(base, '.');
}

enum format_kind format_kind_of(const char *path)
{
    const struct format *format = format_of(path);

    if (is_folder(path))
        return holds(path, "model.safetensors") ? FORMAT_MODEL : FORMAT_DATA;
    if (format)
        return format->kind;
    return names_folder(path) ? FORMAT_DATA : FORMAT_UNKNOWN;
}

static int unknown(const char *path, enum format_kind kind, struct err *err)
{
    return err_set(err, ERR_USAGE, "'%s': cannot tell its format: %s", path,
                   kind == FORMAT_MODEL ? ".safetensors or .onnx"
                                        : ".csv, images-idx3-ubyte, either also .gz, "
                                          "images.npy, or a folder");
}

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

/* Packed when the name says so. */
static int write_file(const char *path, const struct buf *data, struct err *err)
{
    struct buf packed;

    if (!text_has_suffix(path, ".gz"))
        return fs_write(path, data->data, data->len, 0666, err);
    buf_init(&packed, DATASET_MAX_FILE_BYTES);
    int rc = gzip_pack(&packed, data->data, data->len, path, err);
    if (rc == 0)
        rc = fs_write(path, packed.data, packed.len, 0666, err);
    buf_finish(&packed);
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

/* One file of a data set, or the two of a pair. */
struct files {
    char *labels_path; /* NULL: one file */
    struct buf first, labels;
};

static void files_init(struct files *f, const struct format *format, const char *path)
{
    f->labels_path = format->read_pair ? labels_beside(path) : NULL;
    buf_init(&f->first, DATASET_MAX_FILE_BYTES);
    buf_init(&f->labels, DATASET_MAX_FILE_BYTES);
}

static void files_finish(struct files *f)
{
    buf_finish(&f->labels);
    buf_finish(&f->first);
    free(f->labels_path);
}

static int read_data(struct dataset *ds, const struct format *format, const char *path,
                     struct err *err)
{
    struct files f;

    files_init(&f, format, path);
    int rc = read_file(&f.first, path, err);
    if (rc == 0 && f.labels_path)
        rc = read_file(&f.labels, f.labels_path, err);
    if (rc == 0)
        rc = f.labels_path ? format->read_pair(ds, &f.first, &f.labels, path, err)
                           : format->read(ds, f.first.data, f.first.len, path, err);
    files_finish(&f);
    return rc;
}

static int write_data(const struct dataset *ds, const struct format *format, const char *path,
                      struct err *err)
{
    struct files f;

    files_init(&f, format, path);
    int rc = f.labels_path ? format->write_pair(&f.first, &f.labels, ds, err)
                           : format->write(&f.first, ds, err);
    if (rc == 0 && f.labels_path)
        rc = write_file(f.labels_path, &f.labels, err);
    if (rc == 0)
        rc = write_file(path, &f.first, err);
    files_finish(&f);
    return rc;
}

/* split.csv, beside a data set, names the part of each row and holds no sample. */
static const struct format *format_of_samples(const char *name, const char *path)
{
    const struct format *format = format_of(path);

    if (!format || format->kind != FORMAT_DATA || fs_size(path) < 0)
        return NULL;
    return strcmp(name, "split.csv") == 0 ? NULL : format;
}

static int read_folder(struct dataset *ds, const char *path, struct err *err)
{
    char **names = NULL;
    size_t n = 0, n_read = 0;

    int rc = fs_list(&names, &n, path, MAX_NAMES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *file = fs_path(path, names[i], NULL);
        const struct format *format = format_of_samples(names[i], file);

        if (format) {
            rc = read_data(ds, format, file, err);
            n_read++;
        }
        free(file);
    }
    if (rc == 0 && n_read == 0)
        rc = err_set(err, ERR_NOTFOUND, "'%s': no data set in this folder", path);
    fs_list_free(names, n);
    return rc;
}

static int read_any(struct dataset *ds, const char *path, struct err *err)
{
    const struct format *format = format_of(path);

    if (is_folder(path))
        return is_picture_folder(path) ? dataset_read_pictures(ds, path, err)
                                       : read_folder(ds, path, err);
    if (!format || format->kind != FORMAT_DATA)
        return unknown(path, FORMAT_DATA, err);
    return read_data(ds, format, path, err);
}

int dataset_read_path(struct dataset *ds, const char *path, struct err *err)
{
    size_t before = ds->n;

    int rc = read_any(ds, path, err);
    if (rc == 0 && ds->n == before)
        rc = err_set(err, ERR_RANGE, "'%s': no sample in it", path);
    return rc;
}

int dataset_write_path(const struct dataset *ds, const char *path, struct err *err)
{
    const struct format *format = format_of(path);

    if (ds->n == 0)
        return err_set(err, ERR_RANGE, "'%s': no sample to write", path);
    if (format && format->kind == FORMAT_DATA)
        return write_data(ds, format, path, err);
    return names_folder(path) ? dataset_write_pictures(ds, path, err)
                              : unknown(path, FORMAT_DATA, err);
}

int model_load(struct model **ret, const char *path, struct err *err)
{
    char *inside = fs_path(path, "model.safetensors", NULL);
    const char *file = is_folder(path) ? inside : path;
    const struct format *format = format_of(file);
    struct buf bytes;

    buf_init(&bytes, MODEL_MAX_FILE_BYTES);
    int rc = fs_read(&bytes, file, err);
    if (rc == 0) /* a name that says nothing: the format of most */
        rc = (format && format->load ? format->load : model_read)(ret, bytes.data, bytes.len,
                                                                  file, err);
    buf_finish(&bytes);
    free(inside);
    return rc;
}

int model_save(const struct model *m, const char *path, struct err *err)
{
    const struct format *format = format_of(path);
    struct buf out;

    if (!format || format->kind != FORMAT_MODEL)
        return unknown(path, FORMAT_MODEL, err);
    buf_init(&out, MODEL_MAX_FILE_BYTES);
    int rc = format->save(&out, m, err);
    if (rc == 0)
        rc = fs_write(path, out.data, out.len, 0666, err);
    buf_finish(&out);
    return rc;
}
