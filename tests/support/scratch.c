/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 8 };

static char folder[] = "/tmp/otatool-test-XXXXXX";
static pid_t owner; /* 0: there is no folder yet */

static int forget(const char *path, const struct stat *st, int type,
                  struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

/* Not by a child that exits. */
static void leave(void)
{
    if (getpid() == owner)
        (void)nftw(folder, forget, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

bool scratch_enter(void)
{
    if (owner == 0 && atexit(leave) != 0)
        return false;
    leave();
    owner = getpid();
    memset(strchr(folder, '\0') - 6, 'X', 6);
    return mkdtemp(folder) && chmod(folder, 0755) == 0 && chdir(folder) == 0;
}
