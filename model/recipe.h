/* SPDX-License-Identifier: Apache-2.0
 * model/recipe.h
 * recipe: everything that decides the bits of a training besides the data.
 * One table describes its fields; model files, reports, checkpoints and the command line all go
 * through it, so a new field is one member and one row. Owns nothing. */
#ifndef MODEL_RECIPE_H
#define MODEL_RECIPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "model/augment.h"
#include "model/optimizer.h"

struct err;

enum { RECIPE_MAX_EPOCHS = 10000, RECIPE_MAX_TEXT = 40 };

/* Bounds stand in recipe.c. All zero but for the first four: the classic recipe. */
struct recipe {
    uint64_t seed;
    uint64_t epochs;
    uint64_t batch;
    double learning_rate; /* the highest of the schedule */
    enum optimizer optimizer;
    enum schedule schedule;
    double weight_decay; /* adamw, sgd */
    double momentum;     /* sgd */
    double validation;   /* share of each class kept back to judge epochs by */
    uint64_t patience; /* stop after so many epochs without a lower validation loss; 0 never */
    struct augment augment; /* what each epoch does to its pictures */
};

/* The i-th field's name ("learning_rate"), NULL past the end. */
const char *recipe_field(size_t i);

/* The field as text, "0.001"; reading it back gives the same bits. */
void recipe_text(char out[RECIPE_MAX_TEXT], const struct recipe *recipe, size_t field);

/* Sets the field from text; what names it in errors. -ERR_PARSE or -ERR_RANGE. */
int recipe_set(struct recipe *recipe, size_t field, const char *text, const char *what,
               struct err *err);

/* Whether files name the field: the first ones always, later ones where they are not 0, so that
 * a file of yesterday's recipe stays the same to the byte. */
bool recipe_is_named(const struct recipe *recipe, size_t field);

int recipe_check(const struct recipe *recipe, struct err *err); /* all bounds; -ERR_RANGE */

/* {seed, epochs, batch, learning_rate, optimizer, ...}: all fields. New reference. */
json_t *recipe_json(const struct recipe *recipe);

#endif
