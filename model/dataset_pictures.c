/* SPDX-License-Identifier: Apache-2.0
 * Folders of PNG files, labelled by their folder's name or by metadata.csv. */
#include "model/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "model/image.h"

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
    int rc = fs_read(&file, path, err);
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

static int add_label_folder(struct dataset *ds, const char *folder, int label, struct err *err)
{
    char **names = NULL;
    size_t n = 0;

    int rc = fs_list(&names, &n, folder, MAX_PICTURES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (!text_has_suffix(names[i], ".png"))
            continue;
        char *path = fs_path(folder, names[i], NULL);

        rc = add_picture(ds, path, label, err);
        free(path);
    }
    fs_list_free(names, n);
    return rc;
}

/* "NAME,LABEL": a file inside the folder and one digit. */
static int add_line(struct dataset *ds, const char *folder, const char *line, size_t len,
                    struct err *err)
{
    char name[256];

    if (len < 3 || len - 2 >= sizeof(name) || line[len - 2] != ',' || line[len - 1] < '0' ||
        line[len - 1] > '9' || memchr(line, '\0', len))
        return err_set(err, ERR_PARSE, "expected a file name and a label 0..9");
    memcpy(name, line, len - 2);
    name[len - 2] = '\0';
    if (name[0] == '/' || strstr(name, ".."))
        return err_set(err, ERR_REFUSED, "'%s' leaves the folder", name);

    char *path = fs_path(folder, name, NULL);
    int rc = add_picture(ds, path, line[len - 1] - '0', err);
    free(path);
    return rc;
}

static int add_metadata(struct dataset *ds, const char *folder, const struct buf *text,
                        const char *what, struct err *err)
{
    size_t line_no = 0;

    for (size_t at = 0; at < text->len;) {
        const char *line = text->data + at;
        const char *newline = memchr(line, '\n', text->len - at);
        size_t len = newline ? (size_t)(newline - line) : text->len - at;
        int rc = 0;

        at += len + 1;
        line_no++;
        len -= len > 0 && line[len - 1] == '\r';
        if (line_no > 1)
            rc = add_line(ds, folder, line, len, err);
        else if (len != 15 || memcmp(line, "file_name,label", 15) != 0)
            rc = err_set(err, ERR_PARSE, "expected 'file_name,label'");
        if (rc < 0)
            return err_wrap(err, rc, "%s:%zu", what, line_no);
    }
    return 0;
}

int dataset_read_pictures(struct dataset *ds, const char *folder, struct err *err)
{
    char *metadata = fs_path(folder, "metadata.csv", NULL);
    struct buf text;
    int rc = 0;

    buf_init(&text, METADATA_MAX_BYTES);
    if (fs_exists(metadata)) {
        rc = fs_read(&text, metadata, err);
        if (rc == 0)
            rc = add_metadata(ds, folder, &text, metadata, err);
    }
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
