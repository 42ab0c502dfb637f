/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/catalog.h"
#include "beneath.h"
#include "facts.h"
#include "listing.h"
#include "otatool/file.h"
#include "segments.h"
#include "target.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file changed this shortly before it was read may change again without
 * its time moving: the kernel's clock for files ticks slowly. */
enum {
    SETTLED_NS = 50 * 1000 * 1000,
    QUIET_NS = 2000 * 1000 * 1000, /* by then a writer has gone on */
    LOAD_ATTEMPTS = 3,
};

/* Tells a version of a file from all others. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

struct loaded {
    struct ota_catalog_entry entry; /* first: an entry is freed through it */
    struct stamp stamp;
    bool is_settled;
    struct loaded *next; /* in the catalog, last used first */
};

struct ota_catalog {
    int root;
    char *only; /* the one name there is, or NULL */
    struct loaded *files;
};

static bool open_root(struct ota_catalog *catalog, const char *path,
                      struct ota_error *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return ota_fail(err, OTA_E_FILE_OPEN, .subject = path,
                        .detail = strerror(errno));
    char *folder = NULL;
    if (!S_ISDIR(st.st_mode)) {
        const char *slash = strrchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) + 1 : 0;
        folder = length ? strndup(path, length) : strdup(".");
        catalog->only = strdup(path + length);
        if (!folder || !catalog->only) {
            free(folder);
            return ota_fail(err, OTA_E_MEMORY, .subject = path);
        }
    }
    catalog->root =
        open(folder ? folder : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failure = errno;
    free(folder);
    if (catalog->root < 0)
        return ota_fail(err, OTA_E_FILE_OPEN, .subject = path,
                        .detail = strerror(failure));
    return true;
}

/* A single file is read once, so that what can never be served is said
 * before the first device asks. */
static bool check_only(struct ota_catalog *catalog, const char *path,
                       struct ota_error *err)
{
    struct ota_file file;
    if (!catalog->only)
        return true;
    if (!ota_file_load(&file, path, OTA_FILE_CEILING, err))
        return false;
    ota_file_release(&file);
    return true;
}

bool ota_catalog_new(struct ota_catalog **catalog, const char *path,
                     struct ota_error *err)
{
    *catalog = calloc(1, sizeof(**catalog));
    if (!*catalog)
        return ota_fail(err, OTA_E_MEMORY, .subject = path);
    (*catalog)->root = -1;
    if (open_root(*catalog, path, err) && check_only(*catalog, path, err))
        return true;
    ota_catalog_free(*catalog);
    *catalog = NULL;
    return false;
}

static void forget(struct loaded **link)
{
    struct loaded *file = *link;
    *link = file->next;
    ota_catalog_release(&file->entry);
}

void ota_catalog_free(struct ota_catalog *catalog)
{
    if (!catalog)
        return;
    while (catalog->files)
        forget(&catalog->files);
    if (catalog->root >= 0)
        close(catalog->root);
    free(catalog->only);
    free(catalog);
}

void ota_catalog_release(struct ota_catalog_entry *entry)
{
    if (!entry || atomic_fetch_sub(&entry->references, 1) > 1)
        return;
    for (size_t i = 0; i < OTA_VARIANT_COUNT; i++)
        ota_catalog_release(entry->variants[i]);
    for (size_t i = 0; i < OTA_CATALOG_PREPARED; i++)
        if (entry->prepared[i])
            entry->forget_prepared(entry->prepared[i]);
    free((void *)entry->data);
    free(entry);
}

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
                                                const char *type)
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
    ota_sha256(data, size, file->entry.route.sha256);
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
    *file = (struct loaded *)ota_catalog_entry_new(data, size, type_of(path));
    if (!*file)
        return 500;
    (*file)->stamp = stamp;
    (*file)->is_settled = is_settled(&stamp);
    (*file)->entry.route.modified = before.st_mtim.tv_sec;
    segments_find_hits(&(*file)->entry.hits, data, size);
    facts_find(&(*file)->entry);
    return 200;
}

static unsigned load(int fd, const char *path, struct loaded **file)
{
    unsigned status = 503;
    for (int i = 0; status == 503 && i < LOAD_ATTEMPTS; i++)
        status = load_once(fd, path, file);
    return status;
}

/* The place in the list of the file this was, of whatever version. */
static struct loaded **find_loaded(struct ota_catalog *catalog,
                                   const struct stamp *stamp)
{
    struct loaded **link = &catalog->files;
    while (*link && ((*link)->stamp.device != stamp->device ||
                     (*link)->stamp.inode != stamp->inode))
        link = &(*link)->next;
    return link;
}

static void keep_first(struct ota_catalog *catalog, struct loaded *file)
{
    file->next = catalog->files;
    catalog->files = file;
    size_t total = (size_t)file->entry.route.size;
    struct loaded **link = &file->next;
    while (*link) {
        total += (size_t)(*link)->entry.route.size;
        if (total > OTA_CATALOG_CEILING)
            forget(link);
        else
            link = &(*link)->next;
    }
}

static unsigned find_file(struct ota_catalog *catalog, int fd, const char *path,
                          const struct stat *st,
                          struct ota_catalog_entry **entry)
{
    struct stamp stamp = stamp_of(st);
    struct loaded **link = find_loaded(catalog, &stamp);
    struct loaded *file = *link;
    if (file && file->is_settled && is_same(&file->stamp, &stamp)) {
        *link = file->next;
    } else {
        if (file)
            forget(link);
        unsigned status = load(fd, path, &file);
        if (status != 200)
            return status;
    }
    keep_first(catalog, file);
    atomic_fetch_add(&file->entry.references, 1);
    *entry = &file->entry;
    return 200;
}

static unsigned find_listing(int root, const char *path,
                             struct ota_catalog_entry **entry)
{
    char *text;
    size_t size;
    if (!listing_make(root, path, &text, &size))
        return 500;
    *entry = ota_catalog_entry_new((uint8_t *)text, size,
                                   "text/html; charset=utf-8");
    return *entry ? 200 : 500;
}

static int open_path(const struct ota_catalog *catalog, const char *path)
{
    /* Without O_NONBLOCK a FIFO would stop the server. */
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (catalog->only)
        return openat(catalog->root, catalog->only, flags);
    return beneath_open(catalog->root, path, flags);
}

static unsigned status_of(int failure)
{
    switch (failure) {
    case EACCES:
        return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return 503; /* there may be such a file */
    default:
        return 404;
    }
}

static unsigned find_path(struct ota_catalog *catalog, const char *path,
                          struct ota_catalog_entry **entry)
{
    int fd = open_path(catalog, path);
    if (fd < 0)
        return status_of(errno);
    struct stat st = {0};
    unsigned status = 404;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        status = find_file(catalog, fd, path, &st, entry);
    else if (S_ISDIR(st.st_mode))
        status = find_listing(catalog->root, path, entry);
    close(fd);
    return status;
}

unsigned ota_catalog_find(struct ota_catalog *catalog, const char *target,
                          struct ota_catalog_entry **entry)
{
    char path[PATH_MAX];
    *entry = NULL;
    unsigned status = target_decode(target, path, sizeof(path));
    if (catalog->only && strcmp(path, catalog->only) == 0)
        status = 200; /* named by its owner, so it may be a dot file */
    else if (catalog->only && *path)
        status = status == 400 ? 400 : 404;
    if (status != 200)
        return status;
    return find_path(catalog, catalog->only ? catalog->only : path, entry);
}

unsigned ota_catalog_find_name(struct ota_catalog *catalog, const char *name,
                               struct ota_catalog_entry **entry)
{
    *entry = NULL;
    return find_path(catalog, name, entry);
}

static bool may_be_firmware(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 &&
           strcmp(entry->d_name + length - 4, ".bin") == 0;
}

bool ota_catalog_only(struct ota_catalog *catalog, enum ota_kind kind,
                      char *name, size_t size)
{
    int fd = beneath_open(catalog->root, "", O_RDONLY | O_DIRECTORY);
    DIR *folder = fd < 0 || catalog->only ? NULL : fdopendir(fd);
    if (!folder && fd >= 0)
        close(fd);
    struct dirent *file;
    unsigned found = 0;
    while (folder && (file = readdir(folder)) != NULL) {
        struct ota_catalog_entry *entry = NULL;
        if (!may_be_firmware(file) || strlen(file->d_name) >= size)
            continue;
        if (find_path(catalog, file->d_name, &entry) != 200)
            continue;
        if (entry->facts.kind == kind && found++ == 0)
            strcpy(name, file->d_name);
        ota_catalog_release(entry);
    }
    if (folder)
        closedir(folder);
    return found == 1;
}
