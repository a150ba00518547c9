/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/operator.h"

#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"

extern char **environ;

const char *operator_name(char out[OPERATOR_SIZE])
{
    const struct passwd *user = getpwuid(getuid());

    if (user)
        (void)snprintf(out, OPERATOR_SIZE, "user %s", user->pw_name);
    else
        (void)snprintf(out, OPERATOR_SIZE, "user %ld", (long)getuid());
    return out;
}

/* Through a shell, as an editor's variable may hold options. */
static int run_editor(const char *editor, const char *path, struct err *err)
{
    char *line = xasprintf("%s \"$1\"", editor), *file = xstrdup(path);
    char shell[] = "sh", option[] = "-c", name[] = "sh";
    char *argv[] = { shell, option, line, name, file, NULL };
    int status = -1, rc = 0;
    pid_t pid;

    if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0)
        rc = err_set(err, ERR_IO, "cannot start the editor '%s'", editor);
    else if (waitpid(pid, &status, 0) != pid || status != 0)
        rc = err_set(err, ERR_REFUSED, "the editor '%s' failed; nothing was changed", editor);
    free(line);
    free(file);
    return rc;
}

static const char *find_editor(void)
{
    const char *editor = getenv("VISUAL");

    return editor && editor[0] ? editor : getenv("EDITOR");
}

int operator_edit(struct buf *text, struct err *err)
{
    const char *editor = find_editor();
    char *dir = NULL;

    if (!editor || !editor[0])
        return err_set(err, ERR_USAGE,
                       "no editor: set VISUAL or EDITOR, or give the text with --file");
    int rc = fs_temp_dir(&dir, NULL, err);
    if (rc < 0)
        return rc;
    char *path = fs_path(dir, "text.md", NULL);
    rc = fs_write(path, text->data, text->len, 0600, err);
    if (rc == 0)
        rc = run_editor(editor, path, err);
    if (rc == 0) {
        buf_clear(text);
        rc = fs_read(text, path, err);
    }
    (void)fs_remove(dir, NULL);
    free(path);
    free(dir);
    return rc;
}
