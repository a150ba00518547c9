/* SPDX-License-Identifier: Apache-2.0
 * A TFRecord is u64le length, u32le masked CRC of it, data, u32le masked CRC of the data
 * (tensorflow/core/lib/io/record_writer.h). The first record names the version. */
#include "model/tfevents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "model/tfevents.pb-c.h"

enum { LENGTH = 8, CRC = 4, MAX_DATA = 512, MAX_TAG = 128 };

struct tfevents {
    FILE *file;
    char *path;
};

/* CRC-32C (Castagnoli), bit by bit: a record has some sixty bytes. */
static uint32_t crc32c(const uint8_t *data, size_t len)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1u)));
    }
    return ~crc;
}

/* A CRC over data that hold a CRC would be weak, hence the mask. */
static uint32_t masked_crc(const uint8_t *data, size_t len)
{
    uint32_t crc = crc32c(data, len);

    return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

static void put_le(uint8_t *out, uint64_t n, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(n >> (8 * i));
}

static int write_event(struct tfevents *events, const Tfevents__Event *event, struct err *err)
{
    uint8_t record[LENGTH + CRC + MAX_DATA + CRC];
    size_t len = tfevents__event__get_packed_size(event);

    if (len > MAX_DATA)
        return err_set(err, ERR_LIMIT, "%s: a record of %zu bytes; the limit is %d",
                       events->path, len, MAX_DATA);
    put_le(record, len, LENGTH);
    put_le(record + LENGTH, masked_crc(record, LENGTH), CRC);
    (void)tfevents__event__pack(event, record + LENGTH + CRC);
    put_le(record + LENGTH + CRC + len, masked_crc(record + LENGTH + CRC, len), CRC);
    len += LENGTH + CRC + CRC;
    if (fwrite(record, 1, len, events->file) != len || fflush(events->file) != 0)
        return err_errno(err, "cannot write '%s'", events->path);
    return 0;
}

int tfevents_open(struct tfevents **ret, const char *folder, int64_t at, struct err *err)
{
    char version[] = "brain.Event:2";
    Tfevents__Event event = TFEVENTS__EVENT__INIT;
    char name[64];

    int rc = fs_mkdirs(folder, 0777, err);
    if (rc < 0)
        return rc;
    (void)snprintf(name, sizeof(name), "events.out.tfevents.%lld.hearth", (long long)at);

    struct tfevents *events = xcalloc(1, sizeof(*events));
    events->path = fs_path(folder, name, NULL);
    events->file = fopen(events->path, "wbe");
    if (!events->file)
        rc = err_errno(err, "cannot create '%s'", events->path);
    event.has_wall_time = 1;
    event.wall_time = (double)at;
    event.file_version = version;
    if (rc == 0)
        rc = write_event(events, &event, err);
    if (rc < 0) {
        (void)tfevents_close(events, NULL);
        return rc;
    }
    *ret = events;
    return 0;
}

int tfevents_scalar(struct tfevents *events, const char *tag, int64_t step, double value,
                    int64_t at_ms, struct err *err)
{
    char scalars[] = "scalars";
    char name[MAX_TAG + 1];
    Tfevents__PluginData plugin = TFEVENTS__PLUGIN_DATA__INIT;
    Tfevents__Metadata metadata = TFEVENTS__METADATA__INIT;
    Tfevents__Value point = TFEVENTS__VALUE__INIT;
    Tfevents__Summary summary = TFEVENTS__SUMMARY__INIT;
    Tfevents__Event event = TFEVENTS__EVENT__INIT;
    Tfevents__Value *points[] = { &point };

    if (strlen(tag) > MAX_TAG)
        return err_set(err, ERR_LIMIT, "%s: a tag of %zu bytes; the limit is %d", events->path,
                       strlen(tag), MAX_TAG);
    memcpy(name, tag, strlen(tag) + 1);
    plugin.plugin_name = scalars;
    metadata.plugin_data = &plugin;
    point.tag = name;
    point.has_simple_value = 1;
    point.simple_value = (float)value;
    point.metadata = &metadata;
    summary.n_value = 1;
    summary.value = points;
    event.has_wall_time = event.has_step = 1;
    event.wall_time = (double)at_ms / 1000.0;
    event.step = step;
    event.summary = &summary;
    return write_event(events, &event, err);
}

int tfevents_close(struct tfevents *events, struct err *err)
{
    int rc = 0;

    if (!events)
        return 0;
    if (events->file && fclose(events->file) != 0)
        rc = err_errno(err, "cannot write '%s'", events->path);
    free(events->path);
    free(events);
    return rc;
}
