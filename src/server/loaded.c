/* SPDX-License-Identifier: Apache-2.0 */
#include "loaded.h"
#include "facts.h"
#include "otatool/file.h"
#include "segments.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file changed this shortly before it was read may change again without
 * its time moving: the kernel's clock for files ticks slowly. */
enum {
    SETTLED_NS = 50 * 1000 * 1000,
    QUIET_NS = 2000 * 1000 * 1000, /* by then a writer has gone on */
    LOAD_ATTEMPTS = 3,
};

static struct stamp stamp_of(const struct stat *st)
{
    return (struct stamp){st->st_dev, st->st_ino, st->st_size, st->st_mtim,
                          st->st_ctim};
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode &&
           a->size == b->size && is_same_time(a->modified, b->modified) &&
           is_same_time(a->changed, b->changed);
}

static bool has_stamp(const struct stat *st, const struct stamp *stamp)
{
    struct stamp other = stamp_of(st);
    return is_same(&other, stamp);
}

bool loaded_is_of(const struct loaded *file, const struct stat *st)
{
    return file->stamp.device == st->st_dev && file->stamp.inode == st->st_ino;
}

bool loaded_is_current(const struct loaded *file, const struct stat *st)
{
    return file->is_settled && has_stamp(st, &file->stamp);
}

/* How long ago it changed; a clock that was set back makes it long. */
static int64_t age_ns(const struct stamp *stamp)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = ((int64_t)now.tv_sec - stamp->changed.tv_sec) * 1000000000 +
                  (now.tv_nsec - stamp->changed.tv_nsec);
    return age < 0 ? INT64_MAX : age;
}

static bool is_settled(const struct stamp *stamp)
{
    return age_ns(stamp) > SETTLED_NS;
}

static const char *type_of(const char *path)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".md5", "text/plain; charset=utf-8"},
        {".csv", "text/csv; charset=utf-8"},
    };
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t ending = strlen(types[i].ending);
        if (length > ending &&
            strcmp(path + length - ending, types[i].ending) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

struct ota_catalog_entry *ota_catalog_entry_new(uint8_t *data, size_t size,
                                                const char *type,
                                                int64_t modified)
{
    struct loaded *file = calloc(1, sizeof(*file));
    if (!file) {
        free(data);
        return NULL;
    }
    file->entry.data = data;
    atomic_init(&file->entry.references, 1);
    file->entry.route.size = size;
    file->entry.route.type = type;
    file->entry.route.modified = modified;
    ota_sha256(data, size, file->entry.route.sha256);
    ota_route_describe(&file->entry.route);
    return &file->entry;
}

static bool read_exactly(int fd, uint8_t *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(fd, data + done, size - done, (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/*
 * A lease on a file is refused while anyone has it open for writing, which is
 * just the question here. Only its owner may ask; others go by how long it
 * has been quiet.
 */
static bool is_being_written(int fd, const struct stamp *stamp)
{
    /* A signal that nobody minds, for whoever opens it in this moment. */
    fcntl(fd, F_SETSIG, SIGURG);
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(fd, F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN || age_ns(stamp) < QUIET_NS;
}

/* Reads a file that nobody changes meanwhile. */
static unsigned load_once(int fd, const char *path, struct loaded **file)
{
    struct stat before;
    struct stat after;
    if (fstat(fd, &before) < 0 || !S_ISREG(before.st_mode))
        return 404;
    if (before.st_size > (off_t)OTA_FILE_CEILING)
        return 403;
    struct stamp stamp = stamp_of(&before);
    if (is_being_written(fd, &stamp))
        return 503;
    size_t size = (size_t)before.st_size;
    uint8_t *data = malloc(size + 1);
    if (!data)
        return 500;
    if (!read_exactly(fd, data, size) || fstat(fd, &after) < 0 ||
        !has_stamp(&after, &stamp)) {
        free(data);
        return 503;
    }
    *file = (struct loaded *)ota_catalog_entry_new(data, size, type_of(path),
                                                   before.st_mtim.tv_sec);
    if (!*file)
        return 500;
    (*file)->stamp = stamp;
    (*file)->is_settled = is_settled(&stamp);
    segments_find_hits(&(*file)->entry.hits, data, size);
    facts_find(&(*file)->entry);
    return 200;
}

unsigned loaded_read(int fd, const char *path, struct loaded **file)
{
    unsigned status = 503;
    for (int i = 0; status == 503 && i < LOAD_ATTEMPTS; i++)
        status = load_once(fd, path, file);
    return status;
}
