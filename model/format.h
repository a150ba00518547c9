/* SPDX-License-Identifier: Apache-2.0
 * model/format.h
 * format: the one table of the files that hold a data set or a model. Behind it stand
 * dataset_read_path() and dataset_write_path(), model_load() and model_save(). */
#ifndef MODEL_FORMAT_H
#define MODEL_FORMAT_H

enum format_kind { FORMAT_UNKNOWN, FORMAT_DATA, FORMAT_MODEL };

/* What path holds by its name, or, for a folder that is there, by what is in it. */
enum format_kind format_kind_of(const char *path);

#endif
