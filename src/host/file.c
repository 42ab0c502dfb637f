/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_errno(struct ota_error *err, enum ota_code code,
                       const char *path)
{
    return ota_fail(err, code, .subject = path, .detail = strerror(errno));
}

static bool fail_too_large(struct ota_error *err, const char *path,
                           uint64_t size, size_t ceiling)
{
    return ota_fail(err, OTA_E_FILE_TOO_LARGE, .subject = path,
                    .expected = ceiling, .actual = size);
}

static bool fail_memory(struct ota_error *err, const char *path)
{
    return ota_fail(err, OTA_E_MEMORY, .subject = path);
}

/* Pipes and devices tell no size, so the buffer grows as bytes arrive. */
static bool read_all(struct ota_file *file, int fd, const char *path,
                     size_t size_hint, size_t ceiling, struct ota_error *err)
{
    size_t capacity = size_hint + 1;
    file->data = malloc(capacity);
    if (!file->data)
        return fail_memory(err, path);
    for (;;) {
        ssize_t n = read(fd, file->data + file->size, capacity - file->size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, OTA_E_FILE_READ, path);
        if (n == 0)
            return true;
        file->size += (size_t)n;
        if (file->size > ceiling)
            return fail_too_large(err, path, file->size, ceiling);
        if (file->size < capacity)
            continue;
        capacity *= 2;
        uint8_t *grown = realloc(file->data, capacity);
        if (!grown)
            return fail_memory(err, path);
        file->data = grown;
    }
}

bool ota_file_load(struct ota_file *file, const char *path, size_t ceiling,
                   struct ota_error *err)
{
    *file = (struct ota_file){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(err, OTA_E_FILE_OPEN, path);
    struct stat st;
    bool ok = false;
    if (fstat(fd, &st) < 0)
        fail_errno(err, OTA_E_FILE_READ, path);
    else if (S_ISDIR(st.st_mode))
        ota_fail(err, OTA_E_FILE_IS_DIRECTORY, .subject = path);
    else if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > ceiling)
        fail_too_large(err, path, (uint64_t)st.st_size, ceiling);
    else
        ok = read_all(file, fd, path,
                      S_ISREG(st.st_mode) ? (size_t)st.st_size : 4095, ceiling,
                      err);
    close(fd);
    if (!ok)
        ota_file_release(file);
    return ok;
}

void ota_file_release(struct ota_file *file)
{
    free(file->data);
    *file = (struct ota_file){0};
}

static bool write_all(int fd, const char *path, const uint8_t *data,
                      size_t size, struct ota_error *err)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, OTA_E_FILE_WRITE, path);
        data += n;
        size -= (size_t)n;
    }
    return true;
}

static bool write_directly(const char *path, const void *data, size_t size,
                           struct ota_error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(err, OTA_E_FILE_WRITE, path);
    bool ok = write_all(fd, path, data, size, err);
    if (close(fd) < 0 && ok)
        ok = fail_errno(err, OTA_E_FILE_WRITE, path);
    return ok;
}

/* Without this a power cut could forget the new name. Best effort: some
 * file systems cannot sync a directory. */
static void sync_directory_of(const char *path)
{
    char directory[PATH_MAX];
    snprintf(directory, sizeof(directory), "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash == directory)
        slash++;
    if (slash)
        *slash = '\0';
    int fd = open(slash ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static bool replace(const char *path, const char *target, mode_t mode,
                    const void *data, size_t size, struct ota_error *err)
{
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", target);
    if (length < 0 || (size_t)length >= sizeof(temporary))
        return ota_fail(err, OTA_E_FILE_WRITE, .subject = path,
                        .detail = strerror(ENAMETOOLONG));
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return fail_errno(err, OTA_E_FILE_WRITE, path);
    bool ok = write_all(fd, path, data, size, err);
    if (ok && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
        ok = fail_errno(err, OTA_E_FILE_WRITE, path);
    if (close(fd) < 0 && ok)
        ok = fail_errno(err, OTA_E_FILE_WRITE, path);
    if (ok && rename(temporary, target) < 0)
        ok = fail_errno(err, OTA_E_FILE_WRITE, path);
    if (!ok)
        unlink(temporary);
    else
        sync_directory_of(target);
    return ok;
}

static mode_t default_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

bool ota_file_save(const char *path, const void *data, size_t size,
                   struct ota_error *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return replace(path, path, default_mode(), data, size, err);
    if (S_ISDIR(st.st_mode))
        return ota_fail(err, OTA_E_FILE_IS_DIRECTORY, .subject = path);
    if (!S_ISREG(st.st_mode))
        return write_directly(path, data, size, err);
    if (access(path, W_OK) < 0)
        return fail_errno(err, OTA_E_FILE_WRITE, path);
    /* Replace what a link points at, not the link. */
    char target[PATH_MAX];
    if (!realpath(path, target))
        return fail_errno(err, OTA_E_FILE_WRITE, path);
    return replace(path, target, st.st_mode & 07777, data, size, err);
}

bool ota_file_differ(const char *output, const char *input,
                     struct ota_error *err)
{
    struct stat a;
    struct stat b;
    if (stat(output, &a) < 0 || stat(input, &b) < 0)
        return true;
    if (!S_ISREG(a.st_mode) || a.st_dev != b.st_dev || a.st_ino != b.st_ino)
        return true;
    return ota_fail(err, OTA_E_OUTPUT_IS_INPUT, .subject = output,
                    .detail = input);
}
