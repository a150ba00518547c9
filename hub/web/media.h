/* SPDX-License-Identifier: Apache-2.0
 * hub/web/media.h
 * media: the type under which a file goes out, by the end of its name.
 * A stranger's file never goes out as a page of ours: what could run in a browser is text. */
#ifndef HUB_WEB_MEDIA_H
#define HUB_WEB_MEDIA_H

/* For files of hub repositories: harmless types only, "application/octet-stream" otherwise. */
const char *media_of_file(const char *path);

/* For reports, which we wrote ourselves: pages too. NULL for a name that is no report. */
const char *media_of_report(const char *path);

#endif
