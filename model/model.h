/* SPDX-License-Identifier: Apache-2.0
 * model/model.h
 * model: what a .safetensors file of ours holds: an architecture's name, its shape, named
 * tensors, and how it came to be. Owns its tensors. Knows no arithmetic: net.h runs it. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/json.h"
#include "model/recipe.h"

struct arch;
struct buf;
struct dataset;
struct err;

enum {
    MODEL_MAX_TENSORS = 64,
    MODEL_MAX_DIMS = 4,
    MODEL_MAX_FILE_BYTES = 64 << 20,
    MODEL_MAX_CLASSES = 10,
    MODEL_MAX_HIDDEN = 4096,
};

struct tensor {
    char name[48]; /* as in the file: "fc1.weight" */
    size_t n_dims;
    size_t dims[MODEL_MAX_DIMS];
    size_t count;     /* product of dims */
    float *data;      /* row-major, 64-byte aligned */
    bool is_variance; /* then no element is negative */
};

/* What goes in and out; fixed when the model is made. */
struct shape {
    size_t side;       /* pixels: images are side x side */
    uint8_t max_value; /* the pixel that means 1.0 */
    size_t classes;
    size_t hidden; /* units of the hidden layer, where the architecture has one */
};

/* Where the weights come from. Written into the file, compared by nobody. */
struct origin {
    struct recipe recipe;
    size_t data_rows;
    char data_sha256[SHA256_HEX_SIZE]; /* dataset_digest(), "" when unknown */
};

struct model {
    const struct arch *arch;
    struct shape shape;
    struct origin origin;
    size_t n_tensors;
    struct tensor tensors[MODEL_MAX_TENSORS];
};

/* Tensors of the right shapes, all zero. */
int model_new(struct model **ret, const struct arch *arch, const struct shape *shape,
              struct err *err);
void model_free(struct model *m); /* NULL is fine */
struct model *model_copy(const struct model *m);

/* -ERR_RANGE when the images have another side or another range of pixels than m reads. */
int model_check_data(const struct model *m, const struct dataset *data, struct err *err);

/* -ERR_RANGE for an answer past MODEL_MAX_ANSWER, or none at all: weights are finite, what they
 * add up to need not be. */
#define MODEL_MAX_ANSWER 1e30
int model_check_answer(double answer, struct err *err);

/* The same model gives the same bytes. */
int model_write(struct buf *out, const struct model *m, struct err *err);

/* Refuses files that are damaged, of an unknown architecture, of other shapes than their
 * metadata says, with a weight that is not a finite number, or with a negative variance. what
 * names the source. */
int model_read(struct model **ret, const void *bytes, size_t len, const char *what,
               struct err *err);

/* A .safetensors or .onnx file, or a folder that holds model.safetensors. */
int model_load(struct model **ret, const char *path, struct err *err);
int model_save(const struct model *m, const char *path, struct err *err); /* by its name */

/* What a file says of a model besides its weights: an object of strings (new reference), and a
 * model of all zeros from it. */
json_t *model_metadata(const struct model *m);
int model_from_metadata(struct model **ret, const json_t *meta, struct err *err);

/* t's elements from 4 * count little-endian bytes; -ERR_RANGE when one is not finite, or
 * negative in a variance. */
int tensor_read(struct tensor *t, const unsigned char *le, struct err *err);

/* NULL when there is none of this name. */
const struct tensor *model_tensor(const struct model *m, const char *name);
size_t model_parameters(const struct model *m);

#endif
