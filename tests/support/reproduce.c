/* SPDX-License-Identifier: Apache-2.0
 * reproduce: trains every architecture on digits of 8x8 and of 28x28, and prints one line each,
 * "ARCH DATA SEED HASH": the SHA-256 of the weights, tensor after tensor, little-endian.
 *
 *     reproduce DIGITS.csv EPOCHS SEEDS ROWS THREADS [die|resume FOLDER]
 *
 * ROWS of 8x8 are trained on, and a quarter as many of 28x28, in batches of 16.
 * HEARTH_ISA chooses the kernels; for a set that this CPU lacks it prints "not on this CPU".
 * With `die` each training gets a child that is killed by SIGKILL after its first epoch and
 * leaves its checkpoint in FOLDER; `resume` goes on from there. It links base/ and model/ only
 * and reads no picture, so that it can be built for other machines with nothing but a C
 * library. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/parse.h"
#include "model/dataset.h"
#include "model/model.h"
#include "model/train.h"

enum { BATCH = 16, MAX_SEEDS = 100, MAX_ROWS = 1797 };
enum fate { LIVES, DIES, RESUMES };

struct plan {
    const struct kernels *kernels;
    int64_t epochs, seeds, rows, threads;
    enum fate fate;
    const char *folder;
};

/* 8x8 pixels of 0..16, each as 3x3 pixels of 0..255 in the middle of 28x28. */
static int enlarge(struct dataset *out, const struct dataset *small, size_t n, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        const uint8_t *from = dataset_image(small, i);
        uint8_t to[28 * 28] = { 0 };

        for (size_t y = 0; y < 24; y++) {
            for (size_t x = 0; x < 24; x++)
                to[(y + 2) * 28 + x + 2] = (uint8_t)(from[y / 3 * 8 + x / 3] * 255 / 16);
        }
        rc = dataset_add(out, to, small->labels[i], err);
    }
    return rc;
}

static void hash_weights(char out[SHA256_HEX_SIZE], const struct model *m)
{
    uint8_t digest[SHA256_SIZE];
    struct sha256 h;

    sha256_init(&h);
    for (size_t t = 0; t < m->n_tensors; t++) {
        for (size_t i = 0; i < m->tensors[t].count; i++) {
            uint32_t bits;

            memcpy(&bits, &m->tensors[t].data[i], sizeof(bits));
            const uint8_t le[4] = { (uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16),
                                    (uint8_t)(bits >> 24) };
            sha256_update(&h, le, sizeof(le));
        }
    }
    sha256_digest(&h, digest);
    (void)hex_encode(out, digest, sizeof(digest));
}

static int be_killed(void *ctx, const struct train_progress *progress, struct err *err)
{
    (void)ctx;
    (void)err;
    if (progress->epoch == 1)
        (void)raise(SIGKILL);
    return 0;
}

/* 0 when a child of ours trained until it was killed. */
static int die(const struct dataset *data, struct train_options *o, struct err *err)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        struct model *m = NULL;

        o->on_progress = be_killed;
        (void)train_model(&m, NULL, data, o, err);
        _exit(1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
        return err_set(err, ERR_CRASH, "the child was not killed");
    return 0;
}

static int train(const struct plan *plan, const struct arch *arch, const struct dataset *data,
                 uint64_t seed, struct err *err)
{
    char hash[SHA256_HEX_SIZE], name[64], path[4096];
    struct model *m = NULL;
    struct train_options o = { .arch = arch,
                               .recipe = arch->recipe,
                               .kernels = plan->kernels,
                               .threads = (size_t)plan->threads };

    o.recipe.epochs = (uint64_t)plan->epochs;
    o.recipe.seed = seed;
    o.recipe.batch = BATCH;
    (void)snprintf(name, sizeof(name), "%s %zux%zu %llu", arch->name, data->side, data->side,
                   (unsigned long long)seed);
    (void)snprintf(path, sizeof(path), "%s/%s", plan->folder, name);
    if (plan->fate != LIVES)
        o.checkpoint = (struct train_checkpoint){ path, 1, TRAIN_ANEW };
    if (plan->fate == DIES)
        return die(data, &o, err);
    if (plan->fate == RESUMES && !fs_exists(path))
        return err_set(err, ERR_NOTFOUND, "%s: nothing to resume", path);
    if (plan->fate == RESUMES)
        o.checkpoint.start = TRAIN_RESUME;
    int rc = train_model(&m, NULL, data, &o, err);
    if (rc < 0)
        return err_wrap(err, rc, "%s", name);
    hash_weights(hash, m);
    printf("%s %s\n", name, hash);
    model_free(m);
    return 0;
}

static int train_all(const struct plan *plan, const struct dataset *small,
                     const struct dataset *large, struct err *err)
{
    const struct arch *arch;
    int rc = 0;

    for (size_t i = 0; (arch = arch_at(i)) != NULL; i++) {
        for (int64_t seed = 0; rc == 0 && seed < plan->seeds; seed++) {
            rc = train(plan, arch, small, (uint64_t)seed, err);
            if (rc == 0)
                rc = train(plan, arch, large, (uint64_t)seed, err);
        }
    }
    return rc;
}

static int run(const struct plan *plan, const char *csv, struct err *err)
{
    struct dataset small, large;
    struct buf text;

    dataset_init(&small, 8);
    dataset_init(&large, 28);
    buf_init(&text, DATASET_MAX_FILE_BYTES);
    int rc = fs_read(&text, csv, err);
    if (rc == 0)
        rc = dataset_read_csv(&small, text.data, text.len, csv, err);
    size_t rows = (size_t)plan->rows;
    if (rc == 0 && small.n < rows)
        rc = err_set(err, ERR_RANGE, "%s: %zu rows are too few", csv, small.n);
    if (rc == 0)
        rc = enlarge(&large, &small, rows / 4, err);
    if (rc == 0) {
        small.n = rows;
        rc = train_all(plan, &small, &large, err);
    }
    buf_finish(&text);
    dataset_finish(&small);
    dataset_finish(&large);
    return rc;
}

static int read_plan(struct plan *plan, char **argv, int argc, struct err *err)
{
    int rc = parse_i64(&plan->epochs, argv[2], 2, 1000, "EPOCHS", err);

    if (rc == 0)
        rc = parse_i64(&plan->seeds, argv[3], 1, MAX_SEEDS, "SEEDS", err);
    if (rc == 0)
        rc = parse_i64(&plan->rows, argv[4], 40, MAX_ROWS, "ROWS", err);
    if (rc == 0)
        rc = parse_i64(&plan->threads, argv[5], 1, TRAIN_MAX_THREADS, "THREADS", err);
    if (argc == 8) {
        plan->fate = strcmp(argv[6], "die") == 0 ? DIES : RESUMES;
        plan->folder = argv[7];
    }
    return rc;
}

static enum kernels_presence presence_of(const char *name)
{
    enum kernels_presence presence = KERNELS_PRESENT;
    const struct kernels *k;

    for (size_t i = 0; name && (k = kernels_at(i, &presence)) != NULL; i++) {
        if (strcmp(k->name, name) == 0)
            return presence;
    }
    return KERNELS_PRESENT; /* unknown: kernels_choose() says so */
}

int main(int argc, char **argv)
{
    const char *isa = getenv("HEARTH_ISA");
    struct plan plan = { .folder = "" };
    struct err err = { 0 };

    if (argc != 6 && argc != 8) {
        fprintf(stderr,
                "usage: reproduce DIGITS.csv EPOCHS SEEDS ROWS THREADS [die|resume FOLDER]\n");
        return 2;
    }
    if (presence_of(isa) == KERNELS_ABSENT) {
        printf("not on this CPU\n");
        return 0;
    }
    int rc = read_plan(&plan, argv, argc, &err);
    if (rc == 0)
        rc = kernels_choose(&plan.kernels, isa, &err);
    if (rc == 0)
        rc = run(&plan, argv[1], &err);
    if (rc < 0)
        fprintf(stderr, "reproduce: %s\n", err.msg);
    return rc < 0;
}
