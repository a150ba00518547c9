/* SPDX-License-Identifier: Apache-2.0
 * config_reference OUT: writes the reference of all options as Markdown. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "config/config.h"

int main(int argc, char **argv)
{
    struct err err = { 0 };
    struct buf out;

    if (argc != 2) {
        fprintf(stderr, "usage: config_reference OUT\n");
        return 2;
    }
    buf_init(&out, 1 << 20);
    int rc = config_write_reference(&out, &err);
    if (rc == 0)
        rc = fs_write(argv[1], out.data, out.len, 0644, &err);
    buf_finish(&out);
    if (rc < 0)
        fprintf(stderr, "config_reference: %s\n", err.msg);
    return rc < 0;
}
