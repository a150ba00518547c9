/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "model/arch.h"
#include "model/dataset.h"

static int check_shape(const struct shape *s, struct err *err)
{
    if (s->side != 8 && s->side != 28)
        return err_set(err, ERR_RANGE, "image side %zu is neither 8 nor 28", s->side);
    if (s->max_value == 0)
        return err_set(err, ERR_RANGE, "the largest pixel value is 0");
    if (s->classes < 2 || s->classes > MODEL_MAX_CLASSES)
        return err_set(err, ERR_RANGE, "%zu classes are not 2..%d", s->classes,
                       MODEL_MAX_CLASSES);
    if (s->hidden < 1 || s->hidden > MODEL_MAX_HIDDEN)
        return err_set(err, ERR_RANGE, "%zu hidden units are not 1..%d", s->hidden,
                       MODEL_MAX_HIDDEN);
    return 0;
}

int model_new(struct model **ret, const struct arch *arch, const struct shape *shape,
              struct err *err)
{
    int rc = check_shape(shape, err);
    if (rc < 0)
        return rc;

    struct model *m = xcalloc(1, sizeof(*m));

    m->arch = arch;
    m->shape = *shape;
    m->n_tensors = arch->describe(m->tensors, shape);
    for (size_t i = 0; i < m->n_tensors; i++) {
        struct tensor *t = &m->tensors[i];

        t->count = 1;
        for (size_t d = 0; d < t->n_dims; d++)
            t->count *= t->dims[d];
        t->data = xaligned(64, (t->count + 15) / 16 * 16 * sizeof(float));
    }
    *ret = m;
    return 0;
}

void model_free(struct model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_tensors; i++)
        free(m->tensors[i].data);
    free(m);
}

struct model *model_copy(const struct model *m)
{
    struct model *copy = NULL;

    (void)model_new(&copy, m->arch, &m->shape, NULL); /* m's shape was checked */
    copy->origin = m->origin;
    for (size_t i = 0; i < m->n_tensors; i++)
        memcpy(copy->tensors[i].data, m->tensors[i].data, m->tensors[i].count * sizeof(float));
    return copy;
}

int model_check_data(const struct model *m, const struct dataset *data, struct err *err)
{
    const struct shape *s = &m->shape;

    if (data->side != s->side)
        return err_set(err, ERR_RANGE, "the model reads %zux%zu images, the data are %zux%zu",
                       s->side, s->side, data->side, data->side);
    if (data->max_value != s->max_value)
        return err_set(err, ERR_RANGE, "the model reads pixels of 0..%d, the data's are 0..%d",
                       s->max_value, data->max_value);
    return 0;
}

int model_check_answer(double answer, struct err *err)
{
    if (answer >= -MODEL_MAX_ANSWER && answer <= MODEL_MAX_ANSWER)
        return 0;
    return err_set(err, ERR_RANGE,
                   "the model's weights are so large that it answers %g: nothing can be told",
                   answer);
}

const struct tensor *model_tensor(const struct model *m, const char *name)
{
    for (size_t i = 0; i < m->n_tensors; i++) {
        if (strcmp(m->tensors[i].name, name) == 0)
            return &m->tensors[i];
    }
    return NULL;
}

size_t model_parameters(const struct model *m)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n_tensors; i++)
        n += m->tensors[i].count;
    return n;
}
