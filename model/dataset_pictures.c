/* SPDX-License-Identifier: Apache-2.0
 * Folders of PNG files, labelled by their folder's name or by metadata.csv. */
#include "model/dataset.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "model/image.h"
#include "model/metadata.h"

enum {
    MAX_PICTURES = 100000,
    PICTURE_MAX_BYTES = 64 << 20,
    METADATA_MAX_BYTES = 16 << 20,
    MAX_PIXELS = 784,
};

static int add_picture(struct dataset *ds, const char *path, int64_t label, struct err *err)
{
    struct image image = { 0 };
    uint8_t pixels[MAX_PIXELS];
    struct buf file;

    buf_init(&file, PICTURE_MAX_BYTES);
    int rc = fs_read_plain(&file, path, err);
    if (rc == 0)
        rc = image_decode_png(&image, file.data, file.len, path, err);
    if (rc == 0 && ds->side == 0)
        rc = dataset_take_side(ds, image.width == 8 && image.height == 8 ? 8 : 28, path, err);
    if (rc == 0)
        rc = image_fit(pixels, ds->side, ds->max_value, &image, path, err);
    if (rc == 0)
        rc = dataset_add(ds, pixels, label, err);
    image_finish(&image);
    buf_finish(&file);
    return rc;
}

/* True for a PNG file; another kind of picture is refused, so that none is left out unseen. */
static int is_picture(bool *ret, const char *folder, const char *name, struct err *err)
{
    static const char *const others[] = { "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff" };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcasecmp(dot + 1, others[i]) == 0)
            return err_set(err, ERR_REFUSED, "%s/%s: of pictures, only PNG is read", folder,
                           name);
    }
    *ret = dot && strcasecmp(dot + 1, "png") == 0;
    return 0;
}

static int add_label_folder(struct dataset *ds, const char *folder, int label, struct err *err)
{
    char **names = NULL;
    size_t n = 0;

    int rc = fs_list(&names, &n, folder, MAX_PICTURES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *path = fs_path(folder, names[i], NULL);
        bool is_png = false;

        rc = is_picture(&is_png, folder, names[i], err);
        if (rc == 0 && is_png)
            rc = add_picture(ds, path, label, err);
        free(path);
    }
    fs_list_free(names, n);
    return rc;
}

/* Where the pictures of a metadata.csv go. */
struct target {
    struct dataset *ds;
    const char *folder;
};

static int add_named(void *ctx, const struct metadata_entry *entry, struct err *err)
{
    const struct target *target = ctx;
    char *path = fs_path(target->folder, entry->name, NULL);

    int rc = add_picture(target->ds, path, entry->label, err);
    free(path);
    return rc;
}

/* A folder that is called by a number, but by none of the labels. */
static int check_label_folders(const char *folder, struct err *err)
{
    char **names = NULL;
    size_t n = 0;

    int rc = fs_list(&names, &n, folder, MAX_PICTURES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const char *digits = names[i] + (names[i][0] == '-');
        size_t len = strlen(names[i]);
        char *path = fs_path(folder, names[i], NULL);

        if (len > 1 && digits[0] && digits[strspn(digits, "0123456789")] == '\0' &&
            fs_size(path) < 0)
            rc = err_set(err, ERR_RANGE, "%s: label '%.20s' is not 0..9", path, names[i]);
        free(path);
    }
    fs_list_free(names, n);
    return rc;
}

int dataset_read_pictures(struct dataset *ds, const char *folder, struct err *err)
{
    char *metadata = fs_path(folder, "metadata.csv", NULL);
    struct target target = { ds, folder };
    struct buf text;
    int rc = 0;

    buf_init(&text, METADATA_MAX_BYTES);
    if (fs_exists(metadata)) {
        rc = fs_read_plain(&text, metadata, err);
        if (rc == 0)
            rc = metadata_read(text.data, text.len, metadata, add_named, &target, err);
    }
    if (rc == 0 && text.len == 0)
        rc = check_label_folders(folder, err);
    for (int label = 0; rc == 0 && text.len == 0 && label < DATASET_CLASSES; label++) {
        char name[2] = { (char)('0' + label), '\0' };
        char *inside = fs_path(folder, name, NULL);

        if (fs_exists(inside))
            rc = add_label_folder(ds, inside, label, err);
        free(inside);
    }
    buf_finish(&text);
    free(metadata);
    return rc;
}

/* Grey of the sample, which image_fit() must give back. */
static int grey_of(uint8_t *grey, const struct dataset *ds, size_t i, struct err *err)
{
    const struct image image = { ds->side, ds->side, grey };
    const uint8_t *pixels = dataset_image(ds, i);
    size_t size = dataset_image_size(ds);
    uint8_t back[MAX_PIXELS];

    image_grey(grey, pixels, size, ds->max_value);
    int rc = image_fit(back, ds->side, ds->max_value, &image, "as PNG", err);
    if (rc == 0 && memcmp(back, pixels, size) != 0)
        rc = err_set(err, ERR_REFUSED, "as PNG: it would be read as dark ink on paper");
    return rc < 0 ? err_wrap(err, rc, "sample %zu", i + 1) : 0;
}

/* Not fs_write(): the folder as a whole appears at once, thousands of fsync() help nobody. */
static int put_file(const char *folder, const char *name, const struct buf *data,
                    struct err *err)
{
    char *path = fs_path(folder, name, NULL);
    FILE *file = fopen(path, "wbe");
    int rc = 0;

    if (!file)
        rc = err_errno(err, "cannot create '%s'", path);
    else if (fwrite(data->data, 1, data->len, file) != data->len)
        rc = err_errno(err, "cannot write '%s'", path);
    if (file && fclose(file) != 0 && rc == 0)
        rc = err_errno(err, "cannot write '%s'", path);
    free(path);
    return rc;
}

/* folder/LABEL/NUMBER.png and its line in the metadata. */
static int put_picture(const char *folder, struct buf *metadata, const struct dataset *ds,
                       size_t i, struct err *err)
{
    uint8_t grey[MAX_PIXELS];
    char name[32];
    struct buf png;

    buf_init(&png, PICTURE_MAX_BYTES);
    (void)snprintf(name, sizeof(name), "%d/%06zu.png", ds->labels[i], i);
    buf_printf(metadata, "%s,%d\n", name, ds->labels[i]);
    int rc = grey_of(grey, ds, i, err);
    if (rc == 0)
        rc = image_encode_png(&png, grey, ds->side, ds->side, err);
    if (rc == 0)
        rc = put_file(folder, name, &png, err);
    buf_finish(&png);
    return rc;
}

static int put_pictures(const struct dataset *ds, const char *folder, struct err *err)
{
    struct buf metadata;
    int rc = 0;

    buf_init(&metadata, METADATA_MAX_BYTES);
    buf_add_str(&metadata, "file_name,label\n");
    for (int label = 0; rc == 0 && label < DATASET_CLASSES; label++) {
        char name[2] = { (char)('0' + label), '\0' };
        char *inside = fs_path(folder, name, NULL);

        rc = fs_mkdirs(inside, 0777, err);
        free(inside);
    }
    for (size_t i = 0; rc == 0 && i < ds->n; i++)
        rc = put_picture(folder, &metadata, ds, i, err);
    if (rc == 0)
        rc = buf_check(&metadata, "metadata.csv", err);
    if (rc == 0)
        rc = put_file(folder, "metadata.csv", &metadata, err);
    buf_finish(&metadata);
    return rc;
}

int dataset_write_pictures(const struct dataset *ds, const char *folder, struct err *err)
{
    char *to = xstrdup(folder), *aside = NULL, *whole = NULL;

    for (size_t len = strlen(to); len > 1 && to[len - 1] == '/'; len--)
        to[len - 1] = '\0';
    char *parent = xstrdup(to), *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = '\0';
    int rc = 0;
    if (ds->n > MAX_PICTURES)
        rc = err_set(err, ERR_LIMIT, "%zu samples; the limit for pictures is %d", ds->n,
                     MAX_PICTURES);
    if (rc == 0)
        rc = fs_temp_dir(&aside, slash ? parent : ".", err);
    if (rc < 0)
        goto out;
    whole = fs_path(aside, "pictures", NULL);
    rc = put_pictures(ds, whole, err);
    if (rc == 0 && rename(whole, to) != 0)
        rc = err_errno(err, "cannot make the folder '%s'", to);
out:
    if (aside)
        (void)fs_remove(aside, NULL);
    free(whole);
    free(aside);
    free(parent);
    free(to);
    return rc;
}
