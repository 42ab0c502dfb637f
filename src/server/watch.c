/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"
#include "beneath.h"
#include <fcntl.h>
#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    /* Files that were moved away stay watched; some day all begin anew. */
    MOST_WATCHED = 4096,
    EVENTS = 4096, /* bytes */
    READS = 64,    /* at a look; the rest tells the next one */
    CHANGES = IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE |
              IN_DELETE_SELF | IN_MODIFY | IN_MOVE_SELF | IN_MOVED_FROM |
              IN_MOVED_TO,
};

void watch_open(struct watch *watch)
{
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    watch->watched = 0;
    watch->epoch++;
    watch->changes++;
}

void watch_close(struct watch *watch)
{
    if (watch->fd >= 0)
        close(watch->fd);
    watch->fd = -1;
}

void watch_look(struct watch *watch)
{
    alignas(struct inotify_event) char events[EVENTS];
    for (int i = 0; i < READS && read(watch->fd, events, EVENTS) > 0; i++)
        if (i == 0)
            watch->changes++;
}

/* By its descriptor, so that it is what was opened, whatever its name leads
 * to by now. */
static bool watch_open_file(struct watch *watch, int fd)
{
    char path[32];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    watch->watched++;
    return inotify_add_watch(watch->fd, path, CHANGES) >= 0;
}

static bool watch_folder(struct watch *watch, int root, const char *path)
{
    int fd = beneath_open(root, path, O_RDONLY | O_DIRECTORY);
    bool ok = fd >= 0 && watch_open_file(watch, fd);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool watch_folders(struct watch *watch, int root, const char *path)
{
    char folder[PATH_MAX];
    bool ok = watch_folder(watch, root, "");
    for (const char *slash = strchr(path, '/'); ok && slash;
         slash = strchr(slash + 1, '/')) {
        size_t size = (size_t)(slash - path);
        if (size >= sizeof(folder))
            return false;
        memcpy(folder, path, size);
        folder[size] = '\0';
        ok = watch_folder(watch, root, folder);
    }
    return ok;
}

bool watch_add(struct watch *watch, int root, const char *path, int file)
{
    if (watch->watched >= MOST_WATCHED) {
        watch_close(watch);
        watch_open(watch);
    }
    return watch->fd >= 0 && watch_folders(watch, root, path) &&
           watch_open_file(watch, file);
}
