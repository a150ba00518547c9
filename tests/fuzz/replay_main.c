/* SPDX-License-Identifier: Apache-2.0
 * Runs a fuzz entry once over every file of the folders named on the command line: what fuzzing
 * found stays found, with any compiler. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"

enum { MAX_INPUT_BYTES = 16 << 20, MAX_FILES = 100000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int replay_file(const char *path, struct err *err)
{
    struct buf input;

    buf_init(&input, MAX_INPUT_BYTES);
    int rc = fs_read(&input, path, err);
    if (rc == 0)
        (void)LLVMFuzzerTestOneInput((const uint8_t *)input.data, input.len);
    buf_finish(&input);
    return rc;
}

static int replay_folder(const char *folder, size_t *n_files, struct err *err)
{
    char **names;
    size_t n;

    int rc = fs_list(&names, &n, folder, MAX_FILES, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n && rc == 0; i++) {
        char *path = fs_path(folder, names[i], NULL);

        rc = replay_file(path, err);
        free(path);
    }
    fs_list_free(names, n);
    *n_files += n;
    return rc;
}

int main(int argc, char **argv)
{
    struct err err = { 0 };
    size_t n_files = 0;

    for (int i = 1; i < argc; i++) {
        if (replay_folder(argv[i], &n_files, &err) == 0)
            continue;
        (void)fprintf(stderr, "%s\n", err.msg);
        return EXIT_FAILURE;
    }
    (void)printf("%zu inputs\n", n_files);
    return n_files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
