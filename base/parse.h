/* SPDX-License-Identifier: Apache-2.0
 * base/parse.h
 * parse: text to number, whole or not at all.
 * The only place that calls strtoll and strtod. No leading blanks, no trailing bytes, no empty
 * text, no inf or nan; the error names the text and the bounds. Never allocates. */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H
#include <stddef.h>
#include <stdint.h>

struct err;

/* what: the field's name for the message ("--seed", "label"). *ret only on success. */
int parse_i64(int64_t *ret, const char *text, int64_t min, int64_t max, const char *what,
              struct err *err);
int parse_f64(double *ret, const char *text, double min, double max, const char *what,
              struct err *err);

/* A size: "4096", "64k", "16M", "2G" (powers of 1024), within min..max bytes. */
int parse_size(int64_t *ret_bytes, const char *text, int64_t min, int64_t max, const char *what,
               struct err *err);

/* A length of time: "30s", "10m", "2h", "14d", or plain seconds, within min..max seconds. */
int parse_duration(int64_t *ret_s, const char *text, int64_t min, int64_t max, const char *what,
                   struct err *err);

#endif
