/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/git.h"
#include "base/program.h"
#include "hub/repo/push.h"
#include "hub/repo/repo.h"
#include "hub/web/card_check.h"
#include "hub/web/gitweb.h"

enum { MAX_UPDATES_BYTES = 1 << 20 };

static int read_updates(struct buf *out, struct err *err)
{
    char piece[4096];
    size_t n;

    while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0)
        buf_add(out, piece, n);
    if (ferror(stdin))
        return err_errno(err, "cannot read what is pushed");
    return buf_check(out, "the list of refs", err);
}

static int check_readme(void *ctx, const char *text, size_t len, struct err *err)
{
    json_t *result = card_check(text, len);
    const char *fault = card_check_first(result, "errors");
    int rc = fault ? err_set(err, ERR_REFUSED, "%s", fault) : 0;

    (void)ctx;
    json_decref(result);
    return rc;
}

/* What git would keep, as it counts for the namespace once it is there. The hub knows who else
 * comes right now, so it is asked. */
static int check_room(struct err *err)
{
    const char *incoming = getenv("GIT_QUARANTINE_PATH");
    int64_t bytes = incoming ? hub_object_bytes(incoming) : 0, room = 0;

    if (send(PROGRAM_ASKING_FD, &bytes, sizeof(bytes), MSG_NOSIGNAL) !=
            (ssize_t)sizeof(bytes) ||
        recv(PROGRAM_ASKING_FD, &room, sizeof(room), MSG_WAITALL) != (ssize_t)sizeof(room))
        return err_set(err, ERR_IO, "the hub is gone: push again");
    if (bytes <= room)
        return 0;

    struct buf why;
    buf_init(&why, 1024);
    gitweb_refusal(&why, bytes, room);
    int rc = err_set(err, ERR_LIMIT, "%s", why.data);
    buf_finish(&why);
    return rc;
}

static int judge(struct err *err)
{
    struct hub_push push = { .root = getenv("HEARTH_PUSH_ROOT"),
                             .id = getenv("HEARTH_PUSH_ID"),
                             .check_card = check_readme };
    struct buf updates;

    if (!push.root || !push.id)
        return err_set(err, ERR_USAGE, "pre-receive: only `hearth serve` runs this");
    buf_init(&updates, MAX_UPDATES_BYTES);
    int rc = check_room(err);
    if (rc == 0)
        rc = git_setup(err);
    if (rc == 0)
        rc = read_updates(&updates, err);
    push.updates = updates.data;
    push.updates_len = updates.len;
    if (rc == 0)
        rc = hub_push_check(&push, err);
    buf_finish(&updates);
    return rc;
}

bool hook_main(int *ret_code, char **argv)
{
    const char *name = argv[0] ? strrchr(argv[0], '/') : NULL;
    struct err err = { 0 };

    if (!argv[0] || strcmp(name ? name + 1 : argv[0], "pre-receive") != 0)
        return false;
    *ret_code = judge(&err) < 0 ? 1 : 0;
    if (*ret_code != 0)
        (void)fprintf(stderr, "hearth: %s\n", err.msg);
    return true;
}
