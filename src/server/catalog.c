/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/catalog.h"
#include "beneath.h"
#include "listing.h"
#include "loaded.h"
#include "otatool/file.h"
#include "target.h"
#include "timers.h"
#include "watch.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is known is looked at again after so long, watched or not. */
enum { TRUSTED_MS = 1000 };

/* The files of a kind at the root, as was found out last. */
struct sorted {
    unsigned count;
    char name[NAME_MAX + 1];
    uint64_t as_of; /* the watch's changes then; 0: not known */
    uint64_t seen_ms;
};

struct ota_catalog {
    int root;
    char *only; /* the one name there is, or NULL */
    struct loaded *files;
    struct watch watch;
    unsigned root_watched_in; /* the watch's epoch */
    struct sorted kinds[OTA_KIND_COUNT];
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
    watch_open(&(*catalog)->watch);
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
    free(file->path);
    file->path = NULL;
    ota_catalog_release(&file->entry);
}

void ota_catalog_free(struct ota_catalog *catalog)
{
    if (!catalog)
        return;
    while (catalog->files)
        forget(&catalog->files);
    watch_close(&catalog->watch);
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
    free((void *)entry->data);
    free(entry);
}

void ota_catalog_look(struct ota_catalog *catalog)
{
    watch_look(&catalog->watch);
}

/* --- what is known -------------------------------------------------------- */

static bool is_trusted(const struct ota_catalog *catalog, uint64_t as_of,
                       uint64_t seen_ms)
{
    return as_of == catalog->watch.changes &&
           timers_clock() - seen_ms < TRUSTED_MS;
}

/* The place in the list of the file that the path led to a moment ago, if
 * nothing has changed since. */
static struct loaded **find_known(struct ota_catalog *catalog, const char *path)
{
    struct loaded **link = &catalog->files;
    while (*link && (!(*link)->path || strcmp((*link)->path, path) != 0))
        link = &(*link)->next;
    bool ok = *link && is_trusted(catalog, (*link)->as_of, (*link)->seen_ms);
    return ok ? link : NULL;
}

/*
 * To be sure of what it saw, a look has to begin when all on the way to the
 * file is watched. So the first one only begins to watch.
 */
static void note_path(struct ota_catalog *catalog, struct loaded *file, int fd,
                      const char *path, uint64_t as_of)
{
    file->as_of = 0;
    if (!file->is_settled)
        return;
    bool is_same = file->path && strcmp(file->path, path) == 0;
    if (is_same && file->watched_in == catalog->watch.epoch) {
        file->as_of = as_of;
        file->seen_ms = timers_clock();
        return;
    }
    file->watched_in = 0;
    free(file->path);
    file->path = strdup(path);
    if (file->path && watch_add(&catalog->watch, catalog->root, path, fd))
        file->watched_in = catalog->watch.epoch;
}

/* --- files ---------------------------------------------------------------- */

/* The place in the list of the file this was, of whatever version. */
static struct loaded **find_loaded(struct ota_catalog *catalog,
                                   const struct stat *st)
{
    struct loaded **link = &catalog->files;
    while (*link && !loaded_is_of(*link, st))
        link = &(*link)->next;
    return link;
}

static void drop_surplus(struct ota_catalog *catalog)
{
    size_t total = 0;
    struct loaded **link = &catalog->files;
    while (*link) {
        total += (size_t)(*link)->entry.route.size;
        if (total > OTA_CATALOG_CEILING && link != &catalog->files)
            forget(link);
        else
            link = &(*link)->next;
    }
}

static void put_first(struct ota_catalog *catalog, struct loaded *file)
{
    file->next = catalog->files;
    catalog->files = file;
}

static struct ota_catalog_entry *take(struct loaded *file)
{
    atomic_fetch_add(&file->entry.references, 1);
    return &file->entry;
}

static unsigned find_file(struct ota_catalog *catalog, int fd, const char *path,
                          const struct stat *st, struct loaded **file)
{
    struct loaded **link = find_loaded(catalog, st);
    *file = *link;
    if (*file && loaded_is_current(*file, st)) {
        *link = (*file)->next;
        put_first(catalog, *file);
        return 200;
    }
    if (*file)
        forget(link);
    unsigned status = loaded_read(fd, path, file);
    if (status == 200) {
        put_first(catalog, *file);
        drop_surplus(catalog);
    }
    return status;
}

static unsigned find_listing(int root, const char *path,
                             struct ota_catalog_entry **entry)
{
    char *text;
    size_t size;
    if (!listing_make(root, path, &text, &size))
        return 500;
    *entry = ota_catalog_entry_new((uint8_t *)text, size,
                                   "text/html; charset=utf-8", 0);
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

static unsigned look_up(struct ota_catalog *catalog, const char *path,
                        struct ota_catalog_entry **entry)
{
    uint64_t as_of = catalog->watch.changes;
    int fd = open_path(catalog, path);
    if (fd < 0)
        return status_of(errno);
    struct stat st = {0};
    struct loaded *file;
    unsigned status = 404;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        status = find_file(catalog, fd, path, &st, &file);
        if (status == 200) {
            note_path(catalog, file, fd, path, as_of);
            *entry = take(file);
        }
    } else if (S_ISDIR(st.st_mode)) {
        status = find_listing(catalog->root, path, entry);
    }
    close(fd);
    return status;
}

static unsigned find_path(struct ota_catalog *catalog, const char *path,
                          struct ota_catalog_entry **entry)
{
    struct loaded **known = find_known(catalog, path);
    if (!known)
        return look_up(catalog, path, entry);
    struct loaded *file = *known;
    *known = file->next;
    put_first(catalog, file);
    *entry = take(file);
    return 200;
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

static unsigned count_kind(struct ota_catalog *catalog, enum ota_kind kind,
                           char *name)
{
    int fd = beneath_open(catalog->root, "", O_RDONLY | O_DIRECTORY);
    DIR *folder = fd < 0 || catalog->only ? NULL : fdopendir(fd);
    if (!folder && fd >= 0)
        close(fd);
    struct dirent *file;
    unsigned found = 0;
    while (folder && (file = readdir(folder)) != NULL) {
        struct ota_catalog_entry *entry = NULL;
        if (!may_be_firmware(file) ||
            find_path(catalog, file->d_name, &entry) != 200)
            continue;
        if (entry->facts.kind == kind && found++ == 0)
            snprintf(name, NAME_MAX + 1, "%s", file->d_name);
        ota_catalog_release(entry);
    }
    if (folder)
        closedir(folder);
    return found;
}

/* As with files: the first look only begins to watch. */
static bool watches_root(struct ota_catalog *catalog)
{
    if (catalog->root_watched_in == catalog->watch.epoch)
        return true;
    if (watch_add(&catalog->watch, catalog->root, "", catalog->root))
        catalog->root_watched_in = catalog->watch.epoch;
    return false;
}

unsigned ota_catalog_count(struct ota_catalog *catalog, enum ota_kind kind,
                           const char **name)
{
    struct sorted *sorted = &catalog->kinds[kind];
    if (!is_trusted(catalog, sorted->as_of, sorted->seen_ms)) {
        uint64_t as_of = watches_root(catalog) ? catalog->watch.changes : 0;
        sorted->count = count_kind(catalog, kind, sorted->name);
        sorted->as_of = as_of;
        sorted->seen_ms = timers_clock();
    }
    *name = sorted->name;
    return sorted->count;
}
