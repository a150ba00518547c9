/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct unit {
    char letter;
    int64_t factor;
};

static const struct unit size_units[] = {
    { 'k', 1024 }, { 'K', 1024 }, { 'M', 1024 * 1024 }, { 'G', 1024 * 1024 * 1024 }, { 0, 0 },
};

static const struct unit time_units[] = {
    { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 0, 0 },
};

static int outside(const char *text, int64_t min, int64_t max, const char *what,
                   struct err *err)
{
    return err_set(err, ERR_RANGE, "%s: %.40s is outside %" PRId64 "..%" PRId64, what, text,
                   min, max);
}

/* Reads the number at the start of text; *ret_end is where it stops. */
static int leading_i64(int64_t *ret, const char **ret_end, const char *text)
{
    char *end = NULL;

    if (!isdigit((unsigned char)text[text[0] == '-' ? 1 : 0]))
        return -ERR_PARSE;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    *ret_end = end;
    if (errno == ERANGE)
        return -ERR_RANGE;
    *ret = value;
    return 0;
}

int parse_i64(int64_t *ret, const char *text, int64_t min, int64_t max, const char *what,
              struct err *err)
{
    const char *end = NULL;
    int64_t value = 0;

    int rc = leading_i64(&value, &end, text);
    if (rc == -ERR_PARSE || (rc == 0 && *end != '\0'))
        return err_set(err, ERR_PARSE, "%s: '%.40s' is not a whole number", what, text);
    if (rc < 0 || value < min || value > max)
        return outside(text, min, max, what, err);
    *ret = value;
    return 0;
}

int parse_f64(double *ret, const char *text, double min, double max, const char *what,
              struct err *err)
{
    char *end = NULL;

    size_t sign = text[0] == '-' ? 1 : 0;
    if (!isdigit((unsigned char)text[sign]) && text[sign] != '.')
        return err_set(err, ERR_PARSE, "%s: '%.40s' is not a number", what, text);
    double value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return err_set(err, ERR_PARSE, "%s: '%.40s' is not a number", what, text);
    if (value < min || value > max)
        return err_set(err, ERR_RANGE, "%s: %.40s is outside %g..%g", what, text, min, max);
    *ret = value;
    return 0;
}

static int parse_with_unit(int64_t *ret, const char *text, const struct unit *units,
                           int64_t min, int64_t max, const char *what, struct err *err)
{
    const char *end = NULL;
    int64_t value = 0, factor = 1;

    int rc = leading_i64(&value, &end, text);
    if (rc == 0 && *end != '\0') {
        while (units->letter && units->letter != *end)
            units++;
        factor = units->factor;
        if (!units->letter || end[1] != '\0')
            rc = -ERR_PARSE;
    }
    if (rc == -ERR_PARSE)
        return err_set(err, ERR_PARSE, "%s: '%.40s' is not a number with a unit", what, text);
    if (rc < 0 || value > INT64_MAX / factor || value < INT64_MIN / factor ||
        value * factor < min || value * factor > max)
        return outside(text, min, max, what, err);
    *ret = value * factor;
    return 0;
}

int parse_size(int64_t *ret_bytes, const char *text, int64_t min, int64_t max, const char *what,
               struct err *err)
{
    return parse_with_unit(ret_bytes, text, size_units, min, max, what, err);
}

int parse_duration(int64_t *ret_s, const char *text, int64_t min, int64_t max, const char *what,
                   struct err *err)
{
    return parse_with_unit(ret_s, text, time_units, min, max, what, err);
}
