/* SPDX-License-Identifier: Apache-2.0
 * hub/web/model_json.h
 * model_json: a hosted repository as the protocol's object. Private to hub/web. */
#ifndef HUB_WEB_MODEL_JSON_H
#define HUB_WEB_MODEL_JSON_H
#include "base/json.h"

struct download_sums;
struct form;
struct hosted;
struct shelf;
struct site;

/* What git holds of it: the same as long as the commit is, and its large files are there. Every
 * result is the caller's. */
json_t *model_content(const struct shelf *shelf);
/* Adds "gguf": what the header of the first such file tells. */
void model_add_gguf(json_t *model, const struct shelf *shelf);
/* Adds "config" and "transformersInfo" as far as config.json tells, and "mask_token". */
void model_add_config(json_t *model, const struct shelf *shelf);

/* Adds what hub.db knows: of a repository of the loop's it knows nothing. */
void model_add_hosted(json_t *model, const struct hosted *hosted);
void model_add_downloads(json_t *model, const struct site *site, const struct hosted *hosted);
void model_add_sums(json_t *model, const struct download_sums *sums);

enum model_detail { MODEL_NAMES, MODEL_WITH_BLOBS /* sizes and hashes too */ };
json_t *model_siblings(const struct shelf *shelf, enum model_detail detail);

/* With expand in the query only the named fields stay, beside the two that always do. Takes
 * model. */
json_t *model_narrow(json_t *model, const struct form *query);

#endif
