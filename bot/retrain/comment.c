/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/comment.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "bot/retrain/facts.h"
#include "bot/retrain/judge.h"
#include "config/config.h"

/* Refusals are listed one by one up to here, then counted. */
enum { LISTED_MAX = 30, NAME_MAX_BYTES = 120, REASON_MAX_BYTES = 512 };

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static const char *service_name(const struct facts *facts)
{
    return facts->champion[0] ? facts->champion : "1.0.0, bundled";
}

static void add_measures(struct buf *out, const struct facts *facts, const struct judgement *j)
{
    const struct gate_measure *a = &j->champion, *b = &j->candidate;

    buf_printf(out, "On the %" PRId64 " held-out images, which nobody trains on:\n\n", a->n);
    buf_printf(out, "| | in service (%s) | candidate | difference |\n|---|---:|---:|---:|\n",
               service_name(facts));
    buf_printf(out,
               "| accuracy | %.2f%% (%" PRId64 ") | %.2f%% (%" PRId64 ") | %+.2f points |\n",
               share(a->correct, a->n), a->correct, share(b->correct, b->n), b->correct,
               share(b->correct, b->n) - share(a->correct, a->n));
    buf_printf(out, "| NLL | %.4f | %.4f | %+.4f |\n", a->nll, b->nll, b->nll - a->nll);
    buf_printf(out, "| calibration error (ECE) | %.4f | %.4f | %+.4f |\n\n", a->ece, b->ece,
               b->ece - a->ece);
}

static void add_checks(struct buf *out, const struct gate_verdict *verdict)
{
    buf_add_str(out, "| check | limit | found | |\n|---|---|---|---|\n");
    for (size_t i = 0; i < verdict->n_checks; i++) {
        const struct gate_check *check = &verdict->checks[i];

        buf_printf(out, "| %s | %s | %s | %s |\n", check->name, check->limit, check->evidence,
                   check->is_passed ? "passed" : "**not passed**");
    }
    buf_add_char(out, '\n');
}

static void add_classes(struct buf *out, const struct judgement *j)
{
    buf_add_str(out, "<details><summary>Per class</summary>\n\n"
                     "| digit | images | in service | candidate |\n|---:|---:|---:|---:|\n");
    for (size_t label = 0; label < GATE_LABELS; label++)
        buf_printf(out, "| %zu | %" PRId64 " | %.1f%% | %.1f%% |\n", label,
                   j->champion.class_n[label],
                   share(j->champion.class_correct[label], j->champion.class_n[label]),
                   share(j->candidate.class_correct[label], j->candidate.class_n[label]));
    buf_add_str(out, "\n</details>\n\n");
}

static void add_refused_sample(struct buf *out, const struct intake_sample *sample)
{
    buf_add_str(out, "| ");
    text_add_markdown(out, sample->path, NAME_MAX_BYTES);
    if (sample->row > 0)
        buf_printf(out, ", row %" PRId64, sample->row);
    buf_add_str(out, " | ");
    text_add_markdown(out, sample->reason, REASON_MAX_BYTES);
    buf_add_str(out, " |\n");
}

/* Where the whole contribution is refused, not every sample has a reason of its own. */
static size_t count_reasons(const struct intake *intake)
{
    size_t n = 0;

    for (size_t i = 0; i < intake->n_samples; i++)
        n += intake->samples[i].reason != NULL;
    return n;
}

static void add_samples(struct buf *out, const struct intake *intake)
{
    size_t n_accepted = intake_accepted(intake), n_reasons = count_reasons(intake);
    size_t n_listed = 0;

    buf_printf(out, "%zu sample%s accepted, %zu refused", n_accepted,
               text_s((int64_t)n_accepted), intake->n_samples - n_accepted);
    if (intake->licence[0]) {
        buf_add_str(out, ", licence ");
        text_add_markdown(out, intake->licence, NAME_MAX_BYTES);
    }
    buf_add_str(out, ".\n\n");
    if (n_reasons == 0)
        return;

    buf_add_str(out, "<details><summary>Refused samples</summary>\n\n"
                     "| sample | why |\n|---|---|\n");
    for (size_t i = 0; i < intake->n_samples && n_listed < LISTED_MAX; i++) {
        if (!intake->samples[i].reason)
            continue;
        add_refused_sample(out, &intake->samples[i]);
        n_listed++;
    }
    if (n_reasons > n_listed)
        buf_printf(out, "| and %zu more | |\n", n_reasons - n_listed);
    buf_add_str(out, "\n</details>\n\n");
}

static void add_fault(struct buf *out, const char *fault)
{
    buf_add_str(out, "**The contribution cannot be used as it is:** ");
    text_add_markdown(out, fault, REASON_MAX_BYTES);
    buf_add_str(out, ".\n\n");
}

static void add_footer(struct buf *out, const struct facts *facts, const struct config *config,
                       const char *run_id)
{
    buf_add_str(out, "Asked for by ");
    text_add_markdown(out, facts->actor, FACTS_MAX_LOGIN);
    buf_printf(out, " (%s) with the label `%s` at commit %.10s", facts->role,
               config->retrain.trigger_label, facts->sha);
    if (run_id)
        buf_printf(out, "; run `%s`, seed %" PRId64, run_id, config->retrain.seed);
    buf_printf(out, ". After new commits, a maintainer sets `%s` again.\n",
               config->retrain.trigger_label);
}

static const char *headline(const struct judgement *j, const char *failure)
{
    if (failure)
        return "### Retrain: the contribution could not be read";
    if (!j->has_run)
        return "### Retrain: nothing to train on";
    return j->verdict.is_accepted ? "### Retrain: accepted" : "### Retrain: not accepted";
}

void comment_verdict(struct buf *out, const struct facts *facts, const struct config *config,
                     const struct judgement *judgement, const char *run_id, const char *failure)
{
    buf_printf(out, "%s\n\n", headline(judgement, failure));
    if (failure) {
        add_fault(out, failure);
    } else {
        if (judgement->intake.fault)
            add_fault(out, judgement->intake.fault);
        if (judgement->has_run) {
            add_measures(out, facts, judgement);
            add_checks(out, &judgement->verdict);
            add_classes(out, judgement);
        }
        add_samples(out, &judgement->intake);
    }
    add_footer(out, facts, config, run_id);
}

void comment_refusal(struct buf *out, const struct facts *facts, const struct config *config,
                     const char *reason)
{
    buf_add_str(out, "### Retrain: not started\n\nNothing was run, because ");
    text_add_markdown(out, reason, REASON_MAX_BYTES);
    buf_add_str(out, ". The data in this pull request was not looked at yet.\n\n");
    add_footer(out, facts, config, NULL);
}

void comment_status(struct buf *out, const struct judgement *judgement, const char *failure)
{
    const struct judgement *j = judgement;

    if (failure) {
        buf_add_str(out, "the contribution could not be read");
    } else if (!j->has_run) {
        buf_printf(out, "nothing to train on: 0 of %zu samples accepted", j->intake.n_samples);
    } else {
        buf_printf(out, "%s: accuracy %.2f%% (in service %.2f%%), %zu of %zu samples",
                   j->verdict.is_accepted ? "accepted" : "not accepted",
                   share(j->candidate.correct, j->candidate.n),
                   share(j->champion.correct, j->champion.n), intake_accepted(&j->intake),
                   j->intake.n_samples);
    }
}
