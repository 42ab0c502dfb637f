/* SPDX-License-Identifier: Apache-2.0 */
#include "health.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum health health_of(int failure)
{
    return failure == EMFILE || failure == ENFILE ? HEALTH_DESCRIPTORS
                                                  : HEALTH_FOLDER;
}

static bool is_readable(int fd)
{
    struct stat st;
    char byte;
    if (fstat(fd, &st) < 0 || st.st_nlink == 0)
        return false;
    /* To be read through, a folder must let its names be looked up. */
    return S_ISDIR(st.st_mode)
               ? faccessat(fd, ".", R_OK | X_OK, AT_EACCESS) == 0
               : pread(fd, &byte, 1, 0) >= 0;
}

static enum health check_reserve(int fd)
{
    int held[HEALTH_RESERVE];
    int count = 0;
    while (count < HEALTH_RESERVE &&
           (held[count] = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0)
        count++;
    enum health health =
        count == HEALTH_RESERVE ? HEALTH_WELL : HEALTH_DESCRIPTORS;
    while (count > 0)
        close(held[--count]);
    return health;
}

enum health health_check(const char *path, bool is_stopping)
{
    if (is_stopping)
        return HEALTH_STOPPING;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return health_of(errno);
    enum health health = is_readable(fd) ? check_reserve(fd) : HEALTH_FOLDER;
    close(fd);
    return health;
}

unsigned health_status(enum health health)
{
    return health == HEALTH_WELL ? 200 : 503;
}

const char *health_words(enum health health)
{
    static const char *const words[HEALTH_COUNT] = {
        [HEALTH_WELL] = "ok\n",
        [HEALTH_STOPPING] = "the server is stopping\n",
        [HEALTH_FOLDER] = "the files to serve cannot be read\n",
        [HEALTH_DESCRIPTORS] = "no more files can be opened\n",
    };
    return words[health];
}
