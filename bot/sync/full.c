/* SPDX-License-Identifier: Apache-2.0
 * Every list from its beginning. What we hold and a finished walk did not show is asked for by
 * itself before it is marked: a list that changes while it is read may lose a row. */
#include <string.h>

#include "base/err.h"
#include "bot/sync/reading.h"
#include "store/entry.h"
#include "store/thread.h"

struct audit {
    struct reading *rd;
    struct id_set seen;       /* of the list under way */
    struct id_set candidates; /* held, not seen */
    enum entry_kind kind;
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
    for (size_t i = 0; i < audit->candidates.n; i++) {
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

/* Our own comments are followed with their threads: each tells how many comments it has. */
int follow_everything(struct reading *rd, struct err *err)
{
    struct audit audit = { .rd = rd };

    int rc = audit_entries(&audit, SYNC_COMMENTS, ENTRY_COMMENT, err);
    audit_clear(&audit);
    if (rc == 0)
        rc = audit_entries(&audit, SYNC_REVIEW_COMMENTS, ENTRY_REVIEW_COMMENT, err);
    audit_clear(&audit);
    if (rc == 0)
        rc = audit_threads(&audit, err);
    audit_clear(&audit);
    return rc;
}
