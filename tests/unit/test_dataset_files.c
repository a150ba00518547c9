/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/fs.h"
#include "model/format.h"
#include "model/image.h"

extern const struct embedded npy_files[]; /* written by numpy, tests/fixtures/model/npy */

enum { ROOM = 1 << 20 };

static int set_up(void **state)
{
    char *dir = NULL;

    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    *state = dir;
    return 0;
}

static int tear_down(void **state)
{
    assert_int_equal(fs_remove(*state, NULL), 0);
    free(*state);
    return 0;
}

static void put(const char *dir, const char *name, const void *data, size_t len)
{
    char *path = fs_path(dir, name, NULL);

    assert_int_equal(fs_write(path, data, len, 0644, NULL), 0);
    free(path);
}

static void put_picture(const char *dir, const char *folder, const char *name, uint8_t ink)
{
    uint8_t grey[64] = { 0 };
    char *sub = folder ? fs_path(dir, folder, NULL) : fs_path(dir, NULL);
    struct buf png;

    grey[27] = ink;
    buf_init(&png, ROOM);
    assert_int_equal(image_encode_png(&png, grey, 8, 8, NULL), 0);
    assert_int_equal(fs_mkdirs(sub, 0755, NULL), 0);
    put(sub, name, png.data, png.len);
    buf_finish(&png);
    free(sub);
}

static int read_in(struct dataset *ds, const char *dir, const char *name, struct err *err)
{
    char *path = name ? fs_path(dir, name, NULL) : fs_path(dir, NULL);

    dataset_init(ds, 0);
    int rc = dataset_read_path(ds, path, err);
    free(path);
    return rc;
}

static void put_u32be(struct buf *out, uint32_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_char(out, (char)(n >> shift));
}

/* An IDX pair of n images of `side`, pixel 0 of image i being i, labels i % 10. */
static void put_idx(const char *dir, uint32_t n, uint32_t side, size_t cut)
{
    struct buf images, labels;

    buf_init(&images, ROOM);
    buf_init(&labels, ROOM);
    put_u32be(&images, 0x803);
    put_u32be(&images, n);
    put_u32be(&images, side);
    put_u32be(&images, side);
    put_u32be(&labels, 0x801);
    put_u32be(&labels, n);
    for (uint32_t i = 0; i < n; i++) {
        buf_add_char(&labels, (char)(i % 10));
        for (uint32_t k = 0; k < side * side; k++)
            buf_add_char(&images, k == 0 ? (char)i : '\0');
    }
    put(dir, "t10k-images-idx3-ubyte", images.data, images.len - cut);
    put(dir, "t10k-labels-idx1-ubyte", labels.data, labels.len);
    buf_finish(&images);
    buf_finish(&labels);
}

static void idx_pairs_are_read(void **state)
{
    struct dataset ds;

    put_idx(*state, 12, 28, 0);
    assert_int_equal(read_in(&ds, *state, "t10k-images-idx3-ubyte", NULL), 0);
    assert_int_equal(ds.n, 12);
    assert_int_equal(ds.side, 28);
    assert_int_equal(ds.labels[11], 1);
    assert_int_equal(dataset_image(&ds, 11)[0], 11);
    dataset_finish(&ds);
}

static void damaged_idx_pairs_are_refused(void **state)
{
    struct dataset ds;
    struct err err = { 0 };

    put_idx(*state, 3, 28, 1);
    assert_int_equal(read_in(&ds, *state, "t10k-images-idx3-ubyte", &err), -ERR_PARSE);
    assert_non_null(strstr(err.msg, "2367 bytes; its header says 2368"));
    dataset_finish(&ds);
    put_idx(*state, 3, 9, 0);
    assert_int_equal(read_in(&ds, *state, "t10k-images-idx3-ubyte", &err), -ERR_RANGE);
    dataset_finish(&ds);
    put_idx(*state, 18, 8, 0); /* pixel 17 of 0..16 */
    assert_int_equal(read_in(&ds, *state, "t10k-images-idx3-ubyte", &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "image 17"));
    dataset_finish(&ds);
    put(*state, "t10k-labels-idx1-ubyte", "\0\0\x08\x01\0\0\0\x01\x05", 9);
    assert_int_equal(read_in(&ds, *state, "t10k-images-idx3-ubyte", &err), -ERR_PARSE);
    dataset_finish(&ds);
}

static void put_npy(const char *dir)
{
    for (const struct embedded *f = npy_files; f->name; f++)
        put(dir, f->name, f->data, f->len);
}

static void npy_pairs_of_every_type_and_order_are_the_same_set(void **state)
{
    static const char *const others[] = { "float-images.npy", "fortran-images.npy",
                                          "big-images.npy" };
    struct dataset bytes, ds;
    char first[SHA256_HEX_SIZE], other[SHA256_HEX_SIZE];

    put_npy(*state);
    assert_int_equal(read_in(&bytes, *state, "byte-images.npy", NULL), 0);
    assert_int_equal(bytes.n, 3);
    assert_int_equal(bytes.labels[2], 2);
    dataset_digest(first, &bytes);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(read_in(&ds, *state, others[i], NULL), 0);
        dataset_digest(other, &ds);
        assert_string_equal(first, other);
        dataset_finish(&ds);
    }
    dataset_finish(&bytes);
}

static void bad_npy_pairs_are_refused(void **state)
{
    const struct {
        const char *name, *says;
    } cases[] = {
        { "nan-images.npy", "image 1: pixel 6 is no whole number" },
        { "negative-images.npy", "image 2: pixel 5 is no whole number" },
        { "odd-images.npy", "no whole numbers (u1 to u8, i1 to i8) and no floats" },
        { "short-images.npy", "3 images, but other labels" },
    };

    put_npy(*state);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        struct dataset ds;

        assert_true(read_in(&ds, *state, cases[i].name, &err) < 0);
        assert_non_null(strstr(err.msg, cases[i].says));
        dataset_finish(&ds);
    }
}

static void folders_of_pictures_are_labelled_by_their_names(void **state)
{
    struct dataset ds;

    put_picture(*state, "7", "b.png", 255);
    put_picture(*state, "7", "A.PNG", 128);
    put_picture(*state, "2", "z.png", 64);
    assert_int_equal(read_in(&ds, *state, NULL, NULL), 0);
    assert_int_equal(ds.n, 3);
    assert_int_equal(ds.side, 8);
    assert_int_equal(ds.labels[0], 2);
    assert_int_equal(ds.labels[1], 7);
    assert_int_equal(dataset_image(&ds, 0)[27], 4);
    assert_int_equal(dataset_image(&ds, 1)[27], 8);
    assert_int_equal(dataset_image(&ds, 2)[27], 16);
    dataset_finish(&ds);
}

static void a_pipe_among_the_pictures_is_refused(void **state)
{
    char *pipe = fs_path(*state, "7", "b.png", NULL);
    struct dataset ds;
    struct err err = { 0 };

    put_picture(*state, "7", "a.png", 255);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(read_in(&ds, *state, NULL, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "7/b.png': not a plain file"));
    dataset_finish(&ds);
    free(pipe);
}

static void metadata_names_pictures_and_labels(void **state)
{
    static const char good[] = "\xef\xbb\xbf"
                               "file_name,label\r\nx.png,3\r\n",
                      bad[] = "file_name,label\n"
                              "../x.png,3\n";
    struct dataset ds;
    struct err err = { 0 };

    put_picture(*state, NULL, "x.png", 255);
    put(*state, "metadata.csv", good, sizeof(good) - 1);
    assert_int_equal(read_in(&ds, *state, NULL, NULL), 0);
    assert_int_equal(ds.n, 1);
    assert_int_equal(ds.labels[0], 3);
    dataset_finish(&ds);
    put(*state, "metadata.csv", bad, sizeof(bad) - 1);
    assert_int_equal(read_in(&ds, *state, NULL, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "metadata.csv:2"));
    dataset_finish(&ds);
}

/* Two samples of each digit; light ink of any strength inside a dark edge. */
static void make_set(struct dataset *ds, size_t side)
{
    uint8_t pixels[784] = { 0 };

    dataset_init(ds, side);
    for (size_t i = 0; i < 20; i++) {
        for (size_t k = 0; k < side * side; k++)
            pixels[k] = k % side % (side - 1) ? (uint8_t)((i + k) % (ds->max_value + 1)) : 0;
        assert_int_equal(dataset_add(ds, pixels, (int64_t)(i * 7 % 10), NULL), 0);
    }
}

static void the_parts_beside_a_data_set_are_no_samples(void **state)
{
    static const char parts[] = "row,part\n0,base\n";
    struct dataset made, ds;
    struct err err = { 0 };

    make_set(&made, 8);
    char *path = fs_path(*state, "digits.csv", NULL);
    assert_int_equal(dataset_write_path(&made, path, NULL), 0);
    put(*state, "split.csv", parts, sizeof(parts) - 1);
    assert_int_equal(read_in(&ds, *state, NULL, &err), 0);
    assert_int_equal(ds.n, made.n);
    dataset_finish(&ds);
    dataset_finish(&made);
    free(path);
}

static void unknown_formats_and_empty_folders_are_refused(void **state)
{
    struct dataset ds;
    struct err err = { 0 };

    assert_int_equal(read_in(&ds, *state, NULL, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "no data set"));
    assert_int_equal(read_in(&ds, *state, "x.bmp", &err), -ERR_USAGE);
    assert_non_null(strstr(err.msg, "x.bmp"));
}

static void every_format_gives_back_what_was_written(void **state)
{
    static const char *const names[] = {
        "a.csv",        "a.csv.gz", "a-images-idx3-ubyte", "b-images-idx3-ubyte.gz",
        "a-images.npy", "pictures", "more.pictures/",
    };
    char before[SHA256_HEX_SIZE], after[SHA256_HEX_SIZE];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) * 2; i++) {
        char *path = fs_path(*state, i % 2 ? "28" : "8", names[i / 2], NULL);
        char *folder = fs_path(*state, i % 2 ? "28" : "8", NULL);
        struct dataset ds, again;

        assert_int_equal(fs_mkdirs(folder, 0755, NULL), 0);
        make_set(&ds, i % 2 ? 28 : 8);
        dataset_init(&again, 0);
        assert_int_equal(dataset_write_path(&ds, path, NULL), 0);
        assert_int_equal(dataset_read_path(&again, path, NULL), 0);
        dataset_digest(before, &ds);
        dataset_digest(after, &again);
        assert_string_equal(before, after);
        dataset_finish(&again);
        dataset_finish(&ds);
        free(folder);
        free(path);
    }
}

static void what_would_not_come_back_is_not_written(void **state)
{
    uint8_t light[64], dark[64] = { 0 };
    char *path = fs_path(*state, "pictures", NULL);
    struct dataset ds;
    struct err err = { 0 };

    memset(light, 16, sizeof(light));
    make_set(&ds, 8);
    assert_int_equal(dataset_add(&ds, light, 1, NULL), 0);
    assert_int_equal(dataset_write_path(&ds, path, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "sample 21"));
    ds.n = 0;
    assert_int_equal(dataset_write_path(&ds, path, &err), -ERR_RANGE);
    assert_int_equal(dataset_add(&ds, dark, 1, NULL), 0);
    assert_int_equal(dataset_write_path(&ds, path, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "sample 1: as PNG: the picture is empty"));
    assert_false(fs_exists(path));
    dataset_finish(&ds);
    free(path);
}

static void files_in_the_way_of_pictures_stay(void **state)
{
    struct dataset ds;
    struct err err = { 0 };

    put(*state, "mine.txt", "x", 1);
    make_set(&ds, 8);
    assert_true(dataset_write_path(&ds, *state, &err) < 0);
    assert_non_null(strstr(err.msg, *state));
    char *mine = fs_path(*state, "mine.txt", NULL);
    assert_int_equal(fs_size(mine), 1);
    free(mine);
    dataset_finish(&ds);
}

static void names_tell_data_from_models(void **state)
{
    const struct {
        const char *name;
        enum format_kind kind;
    } cases[] = {
        { "x.csv", FORMAT_DATA },          { "x-images-idx3-ubyte.gz", FORMAT_DATA },
        { "x.safetensors", FORMAT_MODEL }, { "x.onnx", FORMAT_MODEL },
        { "x.png", FORMAT_UNKNOWN },       { "labels.npy", FORMAT_UNKNOWN },
        { "folder", FORMAT_DATA },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(format_kind_of(cases[i].name), cases[i].kind);
    assert_int_equal(format_kind_of(*state), FORMAT_DATA);
    put(*state, "model.safetensors", "x", 1);
    assert_int_equal(format_kind_of(*state), FORMAT_MODEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(idx_pairs_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_idx_pairs_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(npy_pairs_of_every_type_and_order_are_the_same_set,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_npy_pairs_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folders_of_pictures_are_labelled_by_their_names, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_among_the_pictures_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(metadata_names_pictures_and_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_format_gives_back_what_was_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_would_not_come_back_is_not_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(files_in_the_way_of_pictures_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_tell_data_from_models, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_parts_beside_a_data_set_are_no_samples, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(unknown_formats_and_empty_folders_are_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
