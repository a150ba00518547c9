/* SPDX-License-Identifier: Apache-2.0
 * hub/package/parts.h
 * parts: one function per file of a release; private to hub/package/.
 * All append to out, whose maximum is checked by the caller at the end; none can fail. */
#ifndef HUB_PACKAGE_PARTS_H
#define HUB_PACKAGE_PARTS_H

struct buf;
struct model;
struct package_release;

void card_write(struct buf *out, const struct package_release *r, const struct model *model);
void attributions_write(struct buf *out, const struct package_release *r);
void model_config_write(struct buf *out, const struct model *model);

#endif
