/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rfc3339.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

struct civil {
    int year, month, day;     /* 1..9999, 1..12, 1..31 */
    int hour, minute, second; /* 0..23, 0..59, 0..60 */
};

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const day_names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

static const int64_t LAST_SECOND = 253402300799; /* 9999-12-31T23:59:59Z */

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. The year is shifted to
 * begin in March, so that the leap day is the last of its year; 146097 days make 400 years. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static void civil_from_seconds(struct civil *c, int64_t at)
{
    int64_t days = at / 86400 + 719468, seconds = at % 86400;
    int64_t era = days / 146097, day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;

    c->day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    c->month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    c->year = (int)(year_of_era + era * 400 + (c->month <= 2 ? 1 : 0));
    c->hour = (int)(seconds / 3600);
    c->minute = (int)(seconds / 60 % 60);
    c->second = (int)(seconds % 60);
}

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool is_valid(const struct civil *c)
{
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= month_days(c->year, c->month) && c->hour <= 23 && c->minute <= 59 &&
           c->second <= 60;
}

static int64_t to_seconds(const struct civil *c)
{
    return days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
           c->minute * 60 + c->second;
}

/* Exactly n digits at *p; -1 when they are not there. */
static int digits(const char **p, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++, (*p)++) {
        if (!isdigit((unsigned char)**p))
            return -1;
        value = value * 10 + (**p - '0');
    }
    return value;
}

static bool skip(const char **p, const char *any_of)
{
    if (**p == '\0' || !strchr(any_of, **p))
        return false;
    (*p)++;
    return true;
}

static bool read_clock_time(const char **p, struct civil *c)
{
    return (c->hour = digits(p, 2)) >= 0 && skip(p, ":") && (c->minute = digits(p, 2)) >= 0 &&
           skip(p, ":") && (c->second = digits(p, 2)) >= 0;
}

static bool read_date_time(const char **p, struct civil *c)
{
    return (c->year = digits(p, 4)) >= 0 && skip(p, "-") && (c->month = digits(p, 2)) >= 0 &&
           skip(p, "-") && (c->day = digits(p, 2)) >= 0 && skip(p, "Tt ") &&
           read_clock_time(p, c) && is_valid(c);
}

/* Z or +HH:MM at *p, in seconds east of UTC. */
static bool read_zone(const char **p, int64_t *ret_offset_s)
{
    *ret_offset_s = 0;
    if (skip(p, "Zz"))
        return true;
    int sign = **p == '-' ? -1 : 1;
    if (!skip(p, "+-"))
        return false;
    int hours = digits(p, 2);
    if (hours < 0 || hours > 23 || !skip(p, ":"))
        return false;
    int minutes = digits(p, 2);
    *ret_offset_s = sign * (hours * 3600 + minutes * 60);
    return minutes >= 0 && minutes <= 59;
}

int rfc3339_parse(int64_t *ret_at, const char *text, struct err *err)
{
    const char *p = text;
    struct civil c;
    int64_t offset_s = 0;

    bool ok = read_date_time(&p, &c);
    if (ok && skip(&p, ".")) {
        ok = isdigit((unsigned char)*p);
        while (isdigit((unsigned char)*p))
            p++;
    }
    if (!ok || !read_zone(&p, &offset_s) || *p != '\0')
        return err_set(err, ERR_PARSE, "'%.40s' is not an RFC 3339 time", text);

    int64_t at = to_seconds(&c) - offset_s;
    if (c.year == 1)
        at = 0;
    if (at < 0 || at > LAST_SECOND)
        return err_set(err, ERR_PARSE, "'%.40s' is outside the years 1970..9999", text);
    *ret_at = at;
    return 0;
}

static int64_t clamp_time(int64_t at)
{
    if (at < 0)
        return 0;
    return at > LAST_SECOND ? LAST_SECOND : at;
}

char *rfc3339_format(char out[RFC3339_SIZE], int64_t at)
{
    struct civil c;

    civil_from_seconds(&c, clamp_time(at));
    (void)snprintf(out, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
                   (unsigned)c.year % 10000u, (unsigned)c.month % 100u, (unsigned)c.day % 100u,
                   (unsigned)c.hour % 100u, (unsigned)c.minute % 100u,
                   (unsigned)c.second % 100u);
    return out;
}

static bool read_month(const char **p, struct civil *c)
{
    for (int i = 0; i < 12; i++) {
        if (strncmp(*p, month_names[i], 3) == 0) {
            c->month = i + 1;
            *p += 3;
            return true;
        }
    }
    return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" after the day's name and comma. */
static bool read_imf_date(const char *p, struct civil *c)
{
    return skip(&p, " ") && (c->day = digits(&p, 2)) >= 0 && skip(&p, " ") &&
           read_month(&p, c) && skip(&p, " ") && (c->year = digits(&p, 4)) >= 0 &&
           skip(&p, " ") && read_clock_time(&p, c) && strcmp(p, " GMT") == 0;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT": two digits of a year mean 1970..2069. */
static bool read_rfc850_date(const char *p, struct civil *c)
{
    bool ok = skip(&p, " ") && (c->day = digits(&p, 2)) >= 0 && skip(&p, "-") &&
              read_month(&p, c) && skip(&p, "-") && (c->year = digits(&p, 2)) >= 0 &&
              skip(&p, " ") && read_clock_time(&p, c) && strcmp(p, " GMT") == 0;

    c->year += c->year < 70 ? 2000 : 1900;
    return ok;
}

/* "Sun Nov  6 08:49:37 1994" after the day's name. */
static bool read_asctime_date(const char *p, struct civil *c)
{
    if (!skip(&p, " ") || !read_month(&p, c) || !skip(&p, " "))
        return false;
    bool padded = skip(&p, " ");
    return (c->day = digits(&p, padded ? 1 : 2)) >= 0 && skip(&p, " ") &&
           read_clock_time(&p, c) && skip(&p, " ") && (c->year = digits(&p, 4)) >= 0 &&
           *p == '\0';
}

int http_date_parse(int64_t *ret_at, const char *text, struct err *err)
{
    struct civil c = { 0 };
    const char *p = text;

    while (isalpha((unsigned char)*p))
        p++;
    bool comma = *p == ',';
    bool ok =
        p > text && ((comma && (read_imf_date(p + 1, &c) || read_rfc850_date(p + 1, &c))) ||
                     (!comma && read_asctime_date(p, &c)));
    if (!ok || !is_valid(&c) || c.year < 1970)
        return err_set(err, ERR_PARSE, "'%.40s' is not an HTTP date", text);
    *ret_at = to_seconds(&c);
    return 0;
}

char *http_date_format(char out[HTTP_DATE_SIZE], int64_t at)
{
    struct civil c;

    at = clamp_time(at);
    civil_from_seconds(&c, at);
    (void)snprintf(out, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT",
                   day_names[(at / 86400 + 4) % 7], (unsigned)c.day % 100u,
                   month_names[c.month - 1], (unsigned)c.year % 10000u, (unsigned)c.hour % 100u,
                   (unsigned)c.minute % 100u, (unsigned)c.second % 100u);
    return out;
}
