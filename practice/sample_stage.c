/* SPDX-License-Identifier: Apache-2.0
 * Plays the tables of sample.c: each scene is one move at its hour. */
#include "practice/sample_stage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "practice/code.h"
#include "practice/moves.h"
#include "practice/sample.h"

static const char OWNER[] = "open-digits", NAME[] = "digits";
static const char README_TEXT[] =
    "# Open digits\n\n"
    "A small model that reads handwritten digits, and the people who feed it.\n\n"
    "Contribute samples in `contrib/YOUR-NAME/`: a PNG per sample in a folder for each label,\n"
    "or one `samples.csv` with 64 values from 0 to 16 and the label on each line. State\n"
    "licence and author in `contribution.yml`.\n";

/* The play while it goes on. */
struct play {
    struct forge *f;
    const struct digit *digits;
    size_t n_digits;
    json_t *last_review; /* borrowed */
};

static json_t *thread_of(const struct play *play, const struct scene *scene)
{
    return state_row(&play->f->state, THREADS, scene->thread);
}

static int play_open(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    (void)move_open_issue(play->f, scene->who, scene->a, scene->b);
    return 0;
}

static int play_open_pull(struct play *play, const struct scene *scene, struct err *err)
{
    size_t i = (size_t)scene->thread - 1, first = i * SAMPLE_DIGITS_PER_PULL;
    const struct sample_pull *pull = &sample_pulls[i];
    char parent[GIT_HEX_SIZE], sha[GIT_HEX_SIZE];
    struct contribution made;
    json_t *row;

    if (i >= n_sample_pulls || first + SAMPLE_DIGITS_PER_PULL > play->n_digits)
        return err_set(err, ERR_RANGE, "the bundled digits are too few for the sample");
    contribution_init(&made, pull->form, pull->folder, scene->who, play->digits + first,
                      SAMPLE_DIGITS_PER_PULL);
    int rc = code_head(parent, play->f, err);
    if (rc == 0)
        rc = code_commit(sha, play->f,
                         &(struct code_change){ .parent = parent,
                                                .who = scene->who,
                                                .message = scene->a,
                                                .files = made.files,
                                                .n_files = made.n_files },
                         err);
    if (rc == 0)
        rc = move_open_pull(&row, play->f, scene->who,
                            &(struct pull_words){ scene->a, scene->b, pull->branch, sha }, err);
    contribution_finish(&made);
    return rc;
}

static int play_comment(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    (void)move_comment(play->f, scene->who, thread_of(play, scene), scene->a);
    return 0;
}

static int play_label(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    move_label(play->f, scene->who, thread_of(play, scene), scene->a);
    return 0;
}

static int play_react(struct play *play, const struct scene *scene, struct err *err)
{
    bool is_new;

    (void)err;
    (void)move_react(play->f, scene->who, "issue", scene->thread, scene->a, &is_new);
    return 0;
}

static int play_review(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    play->last_review =
        move_review(play->f, scene->who, thread_of(play, scene), scene->a, scene->b);
    return 0;
}

static int play_remark(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    (void)move_review_comment(play->f, scene->who, play->last_review, scene->a, 1, scene->b);
    return 0;
}

static int play_retitle(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    move_retitle(play->f, scene->who, thread_of(play, scene), scene->a);
    return 0;
}

static int play_close(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    move_close(play->f, scene->who, thread_of(play, scene), scene->a);
    return 0;
}

static int play_merge(struct play *play, const struct scene *scene, struct err *err)
{
    return move_merge(play->f, scene->who, thread_of(play, scene), err);
}

static int play_role(struct play *play, const struct scene *scene, struct err *err)
{
    (void)err;
    (void)state_set_user(&play->f->state, scene->who, scene->a);
    return 0;
}

static int (*const players[])(struct play *play, const struct scene *scene, struct err *err) = {
    [OPEN] = play_open,     [OPEN_PULL] = play_open_pull, [COMMENT] = play_comment,
    [LABEL] = play_label,   [REACT] = play_react,         [REVIEW] = play_review,
    [REMARK] = play_remark, [RETITLE] = play_retitle,     [CLOSE] = play_close,
    [MERGE] = play_merge,   [ROLE] = play_role,
};

static void make_people(struct forge *f)
{
    row_set_str(state_set_user(&f->state, OWNER, NULL), "type", "Organization");
    for (const struct person *person = sample_people; person->login; person++)
        row_set_str(state_set_user(&f->state, person->login, person->role), "type",
                    person->type);
    for (const struct sample_label *label = sample_labels; label->name; label++)
        (void)move_make_label(f, label->name, label->color, label->description);
}

static int make_repo(struct forge *f, struct err *err)
{
    const struct git_new_file files[] = {
        { "README.md", README_TEXT, sizeof(README_TEXT) - 1 },
    };
    char now[RFC3339_SIZE], sha[GIT_HEX_SIZE];
    json_t *repo = state_repo(&f->state);
    json_t *facts = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i}", "id",
                              (json_int_t)state_next_id(&f->state), "owner", OWNER, "name",
                              NAME, "git_name", NAME, "default_branch", "main", "description",
                              "A small model that reads handwritten digits", "created_at",
                              forge_now_text(f, now), "stargazers_count", 42, "forks_count", 4,
                              "subscribers_count", 7);

    (void)json_object_update(repo, facts);
    json_decref(facts);
    row_set_str(repo, "pushed_at", now);
    int rc = forge_open_git(f, err);
    if (rc == 0)
        rc = code_commit(sha, f,
                         &(struct code_change){ .who = "maintainer-2",
                                                .message = "Say what this is\n",
                                                .files = files,
                                                .n_files = 1 },
                         err);
    return rc < 0 ? rc : code_advance(f, sha, NULL, err);
}

int sample_make(struct forge *f, struct err *err)
{
    struct digit *digits = NULL;
    struct play play = { .f = f };
    /* The past ends at midnight UTC: two forges of one day have the same past. */
    int64_t today = clock_now(&f->clock) / 86400 * 86400;
    int64_t start = today - (int64_t)SAMPLE_HOURS * 3600;

    int rc = digits_for_practice(&digits, &play.n_digits, err);
    play.digits = digits;
    f->pretend_at = start;
    if (rc == 0)
        rc = make_repo(f, err);
    if (rc == 0)
        make_people(f);
    for (const struct scene *scene = sample_scenes; rc == 0 && scene->deed; scene++) {
        f->pretend_at = start + (int64_t)scene->hour * 3600;
        rc = players[scene->deed](&play, scene, err);
        if (rc < 0)
            (void)err_wrap(err, rc, "sample, hour %d", scene->hour);
    }
    f->pretend_at = 0;
    free(digits);
    return rc;
}
