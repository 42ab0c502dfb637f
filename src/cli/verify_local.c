/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: what lies on this machine, a file or a folder of them. */
#include "verify.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void judge_path(const struct verify_options *options, const char *path,
                       json_t *results, bool *ok)
{
    struct ota_error err;
    struct verify_input input = {.name = path};
    struct verify_result result;
    if (ota_file_load(&input.file, path, OTA_FILE_CEILING, &err))
        result =
            input.file.size
                ? verify_file(options, &input)
                : verify_failed(&input, "empty",
                                (struct ota_error){.code = OTA_E_FILE_EMPTY});
    else
        result = verify_failed(&input, "unreadable", err);
    *ok &= result.ok;
    json_array_append_new(results, result.json);
    ota_file_release(&input.file);
}

static int is_firmware(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 &&
           strcmp(entry->d_name + length - 4, ".bin") == 0;
}

static void fail_folder(const char *folder, enum ota_code code,
                        const char *detail, json_t *results)
{
    struct verify_input input = {.name = folder};
    struct verify_result result = verify_failed(
        &input, "folder", (struct ota_error){.code = code, .detail = detail});
    json_array_append_new(results, result.json);
}

/* Every *.bin of a folder, in the order of their names. */
static void verify_folder(const struct verify_options *options,
                          const char *folder, json_t *results, bool *ok)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_firmware, alphasort);
    if (count < 0) {
        fail_folder(folder, OTA_E_FILE_OPEN, strerror(errno), results);
        *ok = false;
        return;
    }
    if (count == 0) {
        fail_folder(folder, OTA_E_FOLDER_EMPTY, NULL, results);
        *ok = false;
    }
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        judge_path(options, path, results, ok);
        free(entries[i]);
    }
    free(entries);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

void verify_local(const struct verify_options *options, const char *path,
                  json_t *results, bool *ok)
{
    if (is_folder(path))
        verify_folder(options, path, results, ok);
    else
        judge_path(options, path, results, ok);
}
