/* SPDX-License-Identifier: Apache-2.0 */
#include "part.h"
#include "otatool/file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_write(struct ota_error *err, const struct part *part)
{
    return ota_fail(err, OTA_E_FILE_WRITE, .subject = part->output,
                    .detail = strerror(errno));
}

static const char *text_of(json_t *state, const char *key)
{
    const char *text = json_string_value(json_object_get(state, key));
    return text ? text : "";
}

/* Bytes without a record of what they belong to are worth nothing. */
static void read_state(struct part *part, const char *url)
{
    struct stat st;
    json_t *state = json_load_file(part->state_path, 0, NULL);
    json_int_t total = json_integer_value(json_object_get(state, "total"));
    const char *validator = text_of(state, "validator");
    if (strcmp(text_of(state, "url"), url) == 0 && *validator &&
        strlen(validator) < sizeof(part->validator) && total > 0 &&
        fstat(part->fd, &st) == 0 && st.st_size <= total) {
        /* Of a whole file the last byte is asked anew, so that the server
         * says whether it is still that file. */
        part->done = (uint64_t)(st.st_size < total ? st.st_size : total - 1);
        part->total = (uint64_t)total;
        memcpy(part->validator, validator, strlen(validator) + 1);
    }
    json_decref(state);
}

static bool write_state(const struct part *part, const char *url,
                        struct ota_error *err)
{
    json_t *state =
        json_pack("{s:s, s:s, s:I}", "url", url, "validator", part->validator,
                  "total", (json_int_t)part->total);
    char *text = state ? json_dumps(state, JSON_INDENT(2)) : NULL;
    json_decref(state);
    if (!text)
        return ota_fail(err, OTA_E_URL, .subject = url,
                        .detail = "it is not UTF-8");
    bool ok = ota_file_save(part->state_path, text, strlen(text), err);
    free(text);
    return ok;
}

/* Between open and lock another call may have finished: then what is open
 * is its output by now, which must not be touched. */
static bool is_still_named(const struct part *part)
{
    struct stat open;
    struct stat named;
    return fstat(part->fd, &open) == 0 && lstat(part->path, &named) == 0 &&
           open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

static bool lock(struct part *part, struct ota_error *err)
{
    if (flock(part->fd, LOCK_EX | LOCK_NB) == 0 && is_still_named(part))
        return true;
    close(part->fd);
    part->fd = -1;
    return ota_fail(err, OTA_E_FETCH_BUSY, .subject = part->output);
}

bool part_open(struct part *part, const char *output, const char *url,
               struct ota_error *err)
{
    struct stat st;
    *part = (struct part){.output = output, .fd = -1};
    if (stat(output, &st) == 0 && S_ISDIR(st.st_mode))
        return ota_fail(err, OTA_E_FILE_IS_DIRECTORY, .subject = output);
    int length = snprintf(part->path, PATH_MAX, "%s.part", output);
    if (length < 0 || length >= PATH_MAX - 8) {
        errno = ENAMETOOLONG;
        return fail_write(err, part);
    }
    snprintf(part->state_path, PATH_MAX, "%s.part.json", output);
    part->fd =
        open(part->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (part->fd < 0)
        return fail_write(err, part);
    if (!lock(part, err))
        return false;
    read_state(part, url);
    return true;
}

bool part_restart(struct part *part, const char *url, const char *validator,
                  uint64_t total, struct ota_error *err)
{
    if (ftruncate(part->fd, 0) < 0)
        return fail_write(err, part);
    part->done = 0;
    part->total = total;
    snprintf(part->validator, sizeof(part->validator), "%s", validator);
    return write_state(part, url, err);
}

bool part_append(struct part *part, const void *data, size_t size,
                 struct ota_error *err)
{
    const char *from = data;
    while (size > 0) {
        ssize_t n = pwrite(part->fd, from, size, (off_t)part->done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_write(err, part);
        part->done += (uint64_t)n;
        from += n;
        size -= (size_t)n;
    }
    return true;
}

bool part_finish(struct part *part, struct ota_error *err)
{
    if (fsync(part->fd) < 0 || rename(part->path, part->output) < 0)
        return fail_write(err, part);
    unlink(part->state_path);
    close(part->fd);
    part->fd = -1;
    return true;
}

void part_close(struct part *part)
{
    if (part->fd < 0)
        return;
    if (part->done == 0) {
        unlink(part->path);
        unlink(part->state_path);
    }
    close(part->fd);
    part->fd = -1;
}
