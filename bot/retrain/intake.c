/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/intake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "base/yaml.h"
#include "bot/retrain/intake_rows.h"
#include "bot/retrain/source.h"
#include "hub/license/license.h"

static const char FOLDER[] = "contrib/";

enum {
    REASON_MAX_BYTES = 512,
    STATEMENT_MAX_BYTES = 16384,
    STATEMENT_MAX_VALUES = 64,
    LICENCE_MAX_BYTES = 64,
};

void intake_init(struct intake *intake)
{
    *intake = (struct intake){ .licence = xstrdup("") };
}

void intake_finish(struct intake *intake)
{
    if (!intake)
        return;
    for (size_t i = 0; i < intake->n_samples; i++) {
        free(intake->samples[i].path);
        free(intake->samples[i].reason);
    }
    free(intake->samples);
    free(intake->licence);
    free(intake->fault);
    *intake = (struct intake){ 0 };
}

static char *format_reason(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));

static char *format_reason(const char *fmt, va_list args)
{
    char text[REASON_MAX_BYTES];

    (void)vsnprintf(text, sizeof(text), fmt, args);
    text_make_utf8(text); /* it may have been cut */
    return xstrdup(text);
}

void intake_refuse(struct intake_sample *sample, const char *fmt, ...)
{
    va_list args;

    if (sample->reason)
        return;
    va_start(args, fmt);
    sample->reason = format_reason(fmt, args);
    va_end(args);
}

void intake_fault(struct intake *intake, const char *fmt, ...)
{
    va_list args;

    if (intake->fault)
        return;
    va_start(args, fmt);
    intake->fault = format_reason(fmt, args);
    va_end(args);
}

size_t intake_accepted(const struct intake *intake)
{
    size_t n = 0;

    for (size_t i = 0; i < intake->n_samples; i++)
        n += intake->samples[i].reason == NULL;
    return intake->fault ? 0 : n;
}

void intake_digest(const struct intake *intake, char out[SHA256_HEX_SIZE])
{
    uint8_t digest[SHA256_SIZE];
    struct sha256 h;

    sha256_init(&h);
    for (size_t i = 0; i < intake->n_samples && !intake->fault; i++) {
        const struct intake_sample *sample = &intake->samples[i];
        uint8_t label = (uint8_t)sample->label;

        if (sample->reason)
            continue;
        sha256_update(&h, &label, 1);
        sha256_update(&h, sample->pixels, INTAKE_PIXELS);
    }
    sha256_digest(&h, digest);
    (void)hex_encode(out, digest, sizeof(digest));
}

/* The first two names of a path, "contrib/NAME/", as a length; 0 when there are fewer. */
static size_t root_length(const char *path)
{
    if (!text_has_prefix(path, FOLDER))
        return 0;
    const char *slash = strchr(path + sizeof(FOLDER) - 1, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* All files must lie in one contribution; its root's length, 0 with the fault set. */
static size_t find_root(struct intake *intake, const struct source *source)
{
    size_t root = source->n_files > 0 ? root_length(source->files[0].path) : 0;

    if (source->n_files == 0) {
        intake_fault(intake, "no file under contrib/ is new in this pull request");
        return 0;
    }
    for (size_t i = 0; i < source->n_files; i++) {
        const char *path = source->files[i].path;

        if (root_length(path) == 0)
            intake_fault(intake, "%s: belongs into a folder of its own, contrib/NAME/", path);
        else if (root_length(path) != root || strncmp(path, source->files[0].path, root) != 0)
            intake_fault(intake, "more than one contribution: %.*s and %.*s", (int)root,
                         source->files[0].path, (int)root_length(path), path);
    }
    return intake->fault ? 0 : root;
}

static const char *statement_value(const struct yaml_doc *doc, const char *key)
{
    const struct yaml_value *value = yaml_find(doc, key);

    return value ? value->text : "";
}

/* All that is wrong with it is one fault: who mends it should have to come back only once. */
static void check_statement(struct intake *intake, const struct yaml_doc *doc, const char *path,
                            const struct intake_policy *policy)
{
    const char *licence = statement_value(doc, "licence"),
               *author = statement_value(doc, "author");
    struct err why = { 0 };
    struct buf faults;

    free(intake->licence);
    intake->licence = xstrndup(license_spelling(licence), LICENCE_MAX_BYTES);
    buf_init(&faults, REASON_MAX_BYTES);
    if (licence[0] == '\0')
        buf_add_str(&faults, "; licence: missing, state an SPDX id");
    else if (strlen(licence) > LICENCE_MAX_BYTES)
        buf_printf(&faults, "; licence: longer than %d bytes", LICENCE_MAX_BYTES);
    else if (license_check_allowed(licence, policy->licences, policy->n_licences, &why) < 0)
        buf_printf(&faults, "; licence: %s", why.msg);
    if (author[0] == '\0')
        buf_add_str(&faults, "; author: missing, state your login");
    else if (policy->author && !text_equal_ignoring_case(author, policy->author))
        buf_printf(&faults, "; author: '%.60s' did not open this pull request", author);
    if (strcmp(statement_value(doc, "consent"), "true") != 0)
        buf_add_str(&faults, "; consent: must be true, for the samples to be published");
    if (faults.len > 0)
        intake_fault(intake, "%s: %s", path, faults.data + strlen("; "));
    buf_finish(&faults);
}

/* contribution.yml: who gives this, under which licence. */
static int read_statement(struct intake *intake, struct source *source, size_t index,
                          const struct intake_policy *policy, struct err *err)
{
    const struct source_file *file = &source->files[index];
    struct yaml_doc doc = { 0 };
    struct err fault = { 0 };
    struct buf text;

    if (!file->is_plain || file->size > STATEMENT_MAX_BYTES) {
        intake_fault(intake, "%s: larger than %d bytes, or not a plain file", file->path,
                     STATEMENT_MAX_BYTES);
        return 0;
    }
    buf_init(&text, STATEMENT_MAX_BYTES);
    int rc = source->read(source, index, &text, err);
    if (rc == 0 &&
        yaml_parse(&doc, text.data, text.len, file->path, STATEMENT_MAX_VALUES, &fault) < 0)
        intake_fault(intake, "%s", fault.msg);
    else if (rc == 0)
        check_statement(intake, &doc, file->path, policy);
    yaml_finish(&doc);
    buf_finish(&text);
    return rc;
}

static bool find_file(const struct source *source, size_t root, const char *name, size_t *ret)
{
    for (size_t i = 0; i < source->n_files; i++) {
        if (strcmp(source->files[i].path + root, name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static void digest_samples(struct intake *intake)
{
    for (size_t i = 0; i < intake->n_samples; i++) {
        struct intake_sample *sample = &intake->samples[i];

        if (sample->is_readable)
            sha256_hex(sample->digest, sample->pixels, INTAKE_PIXELS);
    }
}

int intake_read(struct intake *intake, struct source *source,
                const struct intake_policy *policy, struct err *err)
{
    size_t statement = 0;
    int rc = 0;

    size_t root = find_root(intake, source);
    if (root == 0)
        return 0;
    if (find_file(source, root, "contribution.yml", &statement))
        rc = read_statement(intake, source, statement, policy, err);
    else
        intake_fault(intake,
                     "%.*scontribution.yml: missing; it states licence, author, consent",
                     (int)root, source->files[0].path);

    for (size_t i = 0; rc == 0 && i < source->n_files; i++)
        rc = intake_add_file(intake, source, i, root, policy, err);
    if (rc == 0 && intake->n_samples == 0)
        intake_fault(intake, "%.*s: holds no samples", (int)root, source->files[0].path);
    digest_samples(intake);
    return rc;
}
