/* SPDX-License-Identifier: Apache-2.0
 * What no list tells. In a full sync every list is read from its beginning; otherwise a
 * repository that counts fewer open threads than we hold has lost some, and the open ones are
 * read. Where a forge tells how many comments there are (Gitea, which leaves a thread's time as
 * it is when one is deleted), and they are fewer than ours, all of them are read, and the
 * threads: one may have gone with its comments. What we hold and a list did not show is asked
 * for by itself before it is marked: a list that changes while it is read may lose a row. While
 * issues are switched off nothing is. */
#include <stdio.h>

#include "base/err.h"
#include "bot/sync/reading.h"
#include "store/entry.h"
#include "store/thread.h"

struct audit {
    struct reading *rd;
    struct id_set seen;       /* of the list under way */
    struct id_set candidates; /* held, not seen */
    enum entry_kind kind;
    char next[4096]; /* of the list of open threads */
};

static int note_thread(void *ctx, const struct thread *t, struct err *err)
{
    struct audit *audit = ctx;

    (void)err;
    if (!t->is_gone && !id_set_has(&audit->seen, t->number))
        id_set_add(&audit->candidates, t->number);
    return 0;
}

static int note_entry(void *ctx, const struct entry *e, struct err *err)
{
    struct audit *audit = ctx;

    (void)err;
    if (e->kind == audit->kind && !e->is_deleted && !id_set_has(&audit->seen, e->id))
        id_set_add(&audit->candidates, e->id);
    return 0;
}

static int keep_thread(void *ctx, const struct forge_thread *t, struct err *err)
{
    struct audit *audit = ctx;

    return rows_put_thread(audit->rd, t, err);
}

static int judge_thread(struct audit *audit, int64_t number, struct err *err)
{
    struct reading *rd = audit->rd;

    int rc = forge_get_thread(rd->forge, number, keep_thread, audit, err);
    if (rc == -ERR_NOTFOUND || rc == -ERR_MOVED)
        return follow_gone(rd, number, err);
    return rc;
}

static int note_own(void *ctx, const struct own_comment *c, struct err *err)
{
    struct audit *audit = ctx;

    (void)err;
    if (!c->is_deleted && !id_set_has(&audit->seen, c->id))
        id_set_add(&audit->candidates, c->id);
    return 0;
}

static int judge_own(struct audit *audit, int64_t id, struct err *err)
{
    bool is_there;

    int rc = forge_has_entry(audit->rd->forge, FORGE_COMMENT, id, &is_there, err);
    return rc < 0 || is_there ? rc : follow_own_deleted(audit->rd, id, err);
}

static int judge_entry(struct audit *audit, int64_t id, struct err *err)
{
    enum forge_entry_kind kind =
        audit->kind == ENTRY_COMMENT ? FORGE_COMMENT : FORGE_REVIEW_COMMENT;
    bool is_there;

    int rc = forge_has_entry(audit->rd->forge, kind, id, &is_there, err);
    if (rc == 0 && !is_there)
        rc = follow_deleted(audit->rd, audit->kind, id, err);
    return rc;
}

static int judge_all(struct audit *audit, int (*judge)(struct audit *, int64_t, struct err *),
                     struct err *err)
{
    for (size_t i = 0; i < audit->candidates.n && !audit->rd->hides_issues; i++) {
        int rc = judge(audit, audit->candidates.ids[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int audit_entries(struct audit *audit, enum sync_list_name list, enum entry_kind kind,
                         struct err *err)
{
    struct reading *rd = audit->rd;

    audit->kind = kind;
    int rc = list_follow(rd, list, &audit->seen, err);
    if (rc < 0)
        return rc;
    id_set_sort(&audit->seen);
    rc = entry_each(rd->db, rd->repo_id, note_entry, audit, err);
    return rc < 0 ? rc : judge_all(audit, judge_entry, err);
}

static int audit_own(struct audit *audit, struct err *err)
{
    struct reading *rd = audit->rd;
    int rc;

    audit->candidates.n = 0;
    rc = own_comment_each(rd->db, rd->repo_id, note_own, audit, err);
    return rc < 0 ? rc : judge_all(audit, judge_own, err);
}

static int audit_threads(struct audit *audit, struct err *err)
{
    struct reading *rd = audit->rd;

    int rc = list_follow(rd, SYNC_ISSUES, &audit->seen, err);
    if (rc < 0)
        return rc;
    id_set_sort(&audit->seen);
    rc = thread_each(rd->db, rd->repo_id, note_thread, audit, err);
    return rc < 0 ? rc : judge_all(audit, judge_thread, err);
}

static void audit_clear(struct audit *audit)
{
    id_set_finish(&audit->seen);
    id_set_finish(&audit->candidates);
}

static int note_open(void *ctx, const struct thread *t, struct err *err)
{
    return t->is_open ? note_thread(ctx, t, err) : 0;
}

static int see_page(void *ctx, const struct forge_page *page, struct err *err)
{
    struct audit *audit = ctx;

    for (size_t i = 0; i < page->n; i++)
        id_set_add(&audit->seen, page->threads[i].number);
    if (snprintf(audit->next, sizeof(audit->next), "%s", page->next) >=
        (int)sizeof(audit->next))
        return err_set(err, ERR_LIMIT, "a link longer than %zu bytes", sizeof(audit->next));
    return 0;
}

static int audit_open(struct audit *audit, struct err *err)
{
    struct reading *rd = audit->rd;
    int64_t n_pages = 0;
    int rc;

    do {
        const struct forge_read what = {
            .list = FORGE_ISSUES, .oldest_first = true, .only_open = true, .next = audit->next
        };
        rc = reading_check_pages(n_pages++, err);
        if (rc == 0)
            rc = forge_read_page(rd->forge, &what, see_page, audit, err);
    } while (rc == 0 && audit->next[0]);
    if (rc < 0)
        return rc;
    id_set_sort(&audit->seen);
    rc = thread_each(rd->db, rd->repo_id, note_open, audit, err);
    return rc < 0 ? rc : judge_all(audit, judge_thread, err);
}

static int audit_comments(struct reading *rd, struct err *err)
{
    struct audit audit = { .rd = rd };

    int rc = audit_entries(&audit, SYNC_COMMENTS, ENTRY_COMMENT, err);
    if (rc == 0)
        rc = audit_own(&audit, err);
    audit_clear(&audit);
    return rc;
}

static int audit_all_threads(struct reading *rd, struct err *err)
{
    struct audit audit = { .rd = rd };

    int rc = audit_threads(&audit, err);
    audit_clear(&audit);
    return rc;
}

static int follow_vanished_threads(struct reading *rd, struct err *err)
{
    struct audit audit = { .rd = rd };
    int64_t n_held;

    int rc = thread_count_open(rd->db, rd->repo_id, &n_held, err);
    if (rc == 0 && n_held > rd->n_open)
        rc = audit_open(&audit, err);
    audit_clear(&audit);
    return rc;
}

static int follow_vanished_comments(struct reading *rd, struct err *err)
{
    int64_t n_there, n_held;

    int rc = forge_count_comments(rd->forge, &n_there, err);
    if (rc < 0 || n_there < 0)
        return rc;
    rc = entry_count_comments(rd->db, rd->repo_id, &n_held, err);
    if (rc < 0 || n_held <= n_there)
        return rc;
    rc = audit_comments(rd, err);
    return rc < 0 ? rc : audit_all_threads(rd, err);
}

int follow_vanished(struct reading *rd, struct err *err)
{
    if (rd->hides_issues)
        return 0;
    int rc = follow_vanished_threads(rd, err);
    return rc < 0 ? rc : follow_vanished_comments(rd, err);
}

int follow_everything(struct reading *rd, struct err *err)
{
    struct audit audit = { .rd = rd };
    int rc = audit_comments(rd, err);

    if (rc == 0 && forge_has(rd->forge, FORGE_LISTS_ALL))
        rc = audit_entries(&audit, SYNC_REVIEW_COMMENTS, ENTRY_REVIEW_COMMENT, err);
    audit_clear(&audit);
    return rc < 0 ? rc : audit_all_threads(rd, err);
}
