/* SPDX-License-Identifier: Apache-2.0
 * The same history on a forge of each dialect, read into a database of its own. */
#include "bot/sync/sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/support/sync_scene.h"

struct pair {
    void *github, *gitea; /* struct scene */
};

static int set_up(void **state)
{
    struct pair *pair = xcalloc(1, sizeof(*pair));

    *state = pair;
    return scene_set_up(&pair->github) + scene_set_up_gitea(&pair->gitea);
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    int rc = scene_tear_down(&pair->github) + scene_tear_down(&pair->gitea);

    free(pair);
    return rc;
}

/* One day a line; a sync after each. Numbers are those of the sample community. */
static const struct {
    const char *who, *order;
} days[][6] = {
    { { "newcomer-1", "\"do\":\"comment\",\"number\":5,\"body\":\"still so\"" },
      { "maintainer-1", "\"do\":\"label\",\"number\":5,\"label\":\"bug\"" },
      { "maintainer-1", "\"do\":\"reopen\",\"number\":5" } },
    { { "maintainer-1", "\"do\":\"unlabel\",\"number\":5,\"label\":\"bug\"" },
      { "newcomer-1", "\"do\":\"retitle\",\"number\":5,\"title\":\"new\"" },
      { "maintainer-1", "\"do\":\"close\",\"number\":5" },
      { "maintainer-1", "\"do\":\"lock\",\"number\":5,\"reason\":\"resolved\"" } },
    { { "maintainer-1",
        "\"do\":\"review\",\"number\":2,\"verdict\":\"COMMENTED\",\"body\":\"hm\"" },
      { "maintainer-1", "\"do\":\"unlock\",\"number\":5" },
      { "newcomer-1", "\"do\":\"edit\",\"number\":5,\"body\":\"another text\"" } },
    { { "newcomer-2", "\"do\":\"open\",\"title\":\"a title\",\"body\":\"a body\"" },
      { "newcomer-2", "\"do\":\"comment\",\"number\":2,\"body\":\"me too\"" },
      { "contributor-3",
        "\"do\":\"push\",\"number\":2,\"files\":{\"a.txt\":\"1\"},\"force\":true" } },
    { { "maintainer-1", "\"do\":\"merge\",\"number\":2" },
      { "maintainer-1", "\"do\":\"delete\",\"number\":6" } },
};

static void live_a_day(struct scene *s, size_t day)
{
    s->client->now_ms += 86400000;
    for (size_t i = 0; i < 6 && days[day][i].who; i++)
        (void)scene_do(s, days[day][i].who, "%s", days[day][i].order);
    s->client->now_ms += 60000;
}

/* What Gitea cannot say: that a merge closed, why a thread is closed, how far a list is read
 * that it has not. */
static bool is_excused(const char *line, const char *before)
{
    return (strstr(line, "|'closed'|") && strstr(before, "|'merged'|")) ||
           strstr(line, "|'review_comments'|'poll'|");
}

/* Nor to which commit a branch was forced. */
static void blank_forced_commit(char *line)
{
    char *sha = strstr(line, "|'head_ref_force_pushed'|") ? strstr(line, "|''|'") : NULL;

    if (sha && sha[5] != '\'')
        memmove(sha + 5, sha + 45, strlen(sha + 45) + 1);
}

static void blank_reason(char *line)
{
    static const char *const reasons[] = { "'completed'", "'not_planned'", "'reopened'" };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        size_t len = strlen(reasons[i]);
        char *at = strstr(line, reasons[i]);
        if (at)
            memmove(at + 1, at + len - 1, strlen(at + len - 1) + 1);
    }
}

/* The next line of a dump that the other one must have too; NULL at its end. */
static char *next_line(char **rest, const char **before)
{
    while (**rest) {
        char *line = *rest, *end = strchr(line, '\n');
        const char *last = *before;

        if (end)
            *end = '\0';
        *rest = end ? end + 1 : line + strlen(line);
        *before = line;
        blank_reason(line);
        blank_forced_commit(line);
        if (!is_excused(line, last))
            return line;
    }
    return NULL;
}

static void check_same(struct pair *pair)
{
    char *github = scene_dump(pair->github), *gitea = scene_dump(pair->gitea);
    char *rest[] = { github, gitea }, *a, *b;
    const char *before[] = { "", "" };

    do {
        a = next_line(&rest[0], &before[0]);
        b = next_line(&rest[1], &before[1]);
        if (!a || !b || strcmp(a, b) != 0)
            assert_true(a == b || (print_error("github: %s\ngitea:  %s\n", a, b), false));
    } while (a && b);
    free(github);
    free(gitea);
}

static void same_history_gives_the_same_database(void **state)
{
    struct pair *pair = *state;

    scene_sync_well(pair->github, SYNC_NEWS);
    scene_sync_well(pair->gitea, SYNC_NEWS);
    check_same(pair);
    for (size_t day = 0; day < sizeof(days) / sizeof(days[0]); day++) {
        live_a_day(pair->github, day);
        live_a_day(pair->gitea, day);
        scene_sync_well(pair->github, SYNC_NEWS);
        scene_sync_well(pair->gitea, SYNC_NEWS);
        check_same(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_history_gives_the_same_database, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
