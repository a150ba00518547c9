/* SPDX-License-Identifier: Apache-2.0
 * practice/page.h
 * page: how lists are cut into pages and linked, one function for each dialect (see
 * struct dialect). What a list does besides stands in its route. */
#ifndef PRACTICE_PAGE_H
#define PRACTICE_PAGE_H
#include "practice/dialect.h"

int page_github(struct call *c, json_t *rows, shape_fn *shape);
int page_gitea(struct call *c, json_t *rows, shape_fn *shape);

#endif
