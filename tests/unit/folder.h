/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/folder.h
 * A folder of its own for each test, whose path is the state. Included after cmocka.h. */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H
#include <stdlib.h>

#include "base/fs.h"

static inline int make_folder(void **state)
{
    char *dir = NULL;

    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    *state = dir;
    return 0;
}

static inline int remove_folder(void **state)
{
    assert_int_equal(fs_remove(*state, NULL), 0);
    assert_false(fs_exists(*state));
    free(*state);
    return 0;
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif
