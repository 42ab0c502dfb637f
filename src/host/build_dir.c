/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/build_dir.h"
#include "otatool/file.h"
#include "otatool/image.h"
#include "otatool/partition_table.h"
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_CEILING = 1024 * 1024, DEFAULT_TABLE_OFFSET = 0x8000 };

static bool join(char path[PATH_MAX], const char *folder, const char *name,
                 struct ota_error *err)
{
    int length = name[0] == '/'
                     ? snprintf(path, PATH_MAX, "%s", name)
                     : snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return (length > 0 && length < PATH_MAX) ||
           ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                    .detail = "a path in it is too long");
}

static bool parse_address(const char *text, uint32_t *address)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 0);
    *address = (uint32_t)value;
    return end != text && *end == '\0' && value <= UINT32_MAX &&
           text[0] != '-' && text[0] != '+';
}

static bool add_file(struct ota_build_dir *build, const char *folder,
                     uint32_t address, const char *name, struct ota_error *err)
{
    if (build->count == OTA_BUILD_MAX_FILES)
        return ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                        .detail = "it names too many files");
    struct ota_build_file *file = &build->files[build->count];
    if (!join(file->path, folder, name, err))
        return false;
    file->address = address;
    build->count++;
    return true;
}

/* A text file of the build, terminated; NULL where there is none. */
static char *load_text(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct ota_file file;
    if (!join(path, folder, name, NULL) ||
        !ota_file_load(&file, path, TEXT_CEILING, NULL))
        return NULL;
    char *text = strndup((const char *)file.data, file.size);
    ota_file_release(&file);
    return text;
}

/* --- the CMake build's flasher_args.json ------------------------------- */

static bool add_json_files(struct ota_build_dir *build, const char *folder,
                           json_t *files, struct ota_error *err)
{
    const char *offset;
    json_t *name;
    json_object_foreach(files, offset, name)
    {
        uint32_t address;
        if (!json_is_string(name) || !parse_address(offset, &address))
            return ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                            .detail = "flasher_args.json has no offset and "
                                      "file name in flash_files");
        if (!add_file(build, folder, address, json_string_value(name), err))
            return false;
    }
    return build->count > 0 ||
           ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                    .detail = "flasher_args.json names no flash_files");
}

static void find_json_app(struct ota_build_dir *build, const char *folder,
                          json_t *root)
{
    char path[PATH_MAX];
    const char *name = json_string_value(
        json_object_get(json_object_get(root, "app"), "file"));
    if (!name || !join(path, folder, name, NULL))
        return;
    for (size_t i = 0; i < build->count; i++)
        if (strcmp(build->files[i].path, path) == 0)
            build->app = build->files[i].path;
}

static bool read_json(struct ota_build_dir *build, const char *folder,
                      const char *text, struct ota_error *err)
{
    json_t *root = json_loads(text, 0, NULL);
    if (!root)
        return ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                        .detail = "flasher_args.json is not JSON");
    bool ok = add_json_files(build, folder,
                             json_object_get(root, "flash_files"), err);
    if (ok)
        find_json_app(build, folder, root);
    json_decref(root);
    return ok;
}

/* --- arguments of esptool's write_flash -------------------------------- */

static bool read_arguments(struct ota_build_dir *build, const char *folder,
                           char *text, struct ota_error *err)
{
    static const char blanks[] = " \t\r\n";
    char *rest;
    for (char *word = strtok_r(text, blanks, &rest); word;
         word = strtok_r(NULL, blanks, &rest)) {
        uint32_t address;
        if (word[0] != '0' || !parse_address(word, &address))
            continue; /* an option, or the word of one */
        char *name = strtok_r(NULL, blanks, &rest);
        if (!name)
            break;
        if (!add_file(build, folder, address, name, err))
            return false;
    }
    return build->count > 0 ||
           ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                    .detail = "its flash arguments name no files");
}

/* --- the make build, by its files -------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_table(const struct ota_file *file,
                     struct ota_partition_table *table)
{
    struct ota_source source = ota_source_memory(file->data, file->size);
    return ota_partition_table_parse(table, &source, 0, NULL) &&
           table->count > 0;
}

static bool is_app(const struct ota_file *file)
{
    struct ota_image image;
    struct ota_source source = ota_source_memory(file->data, file->size);
    return ota_image_parse(&image, &source, 0, NULL) &&
           image.segment_count > 0 &&
           ota_image_segment_is_flash(&image.segments[0]);
}

/* What the make build leaves beside the parts: copies and results. */
static bool is_result(const char *name)
{
    return !ends_with(name, ".bin") || ends_with(name, ".ota.bin") ||
           ends_with(name, ".app1.bin") || ends_with(name, ".app2.bin");
}

struct make_build {
    struct ota_partition_table table;
    char table_name[NAME_MAX + 1];
    char app_name[NAME_MAX + 1];
    unsigned tables;
    unsigned apps;
};

static void classify(struct make_build *make, const char *folder,
                     const char *name, const char *app)
{
    char path[PATH_MAX];
    struct ota_file file;
    struct ota_partition_table table;
    if (is_result(name) || !join(path, folder, name, NULL) ||
        !ota_file_load(&file, path, OTA_FILE_CEILING, NULL))
        return;
    if (is_table(&file, &table)) {
        make->table = table;
        make->tables++;
        snprintf(make->table_name, sizeof(make->table_name), "%s", name);
    } else if (app ? strcmp(name, app) == 0 : is_app(&file)) {
        make->apps++;
        snprintf(make->app_name, sizeof(make->app_name), "%s", name);
    }
    ota_file_release(&file);
}

static bool scan(struct make_build *make, const char *folder, const char *app,
                 struct ota_error *err)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return ota_fail(err, OTA_E_FILE_OPEN, .subject = folder);
    for (struct dirent *entry; (entry = readdir(directory));)
        classify(make, folder, entry->d_name, app);
    closedir(directory);
    if (make->tables != 1)
        return ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                        .detail = make->tables
                                      ? "it has several partition tables"
                                      : "it has no binary partition table");
    if (make->apps != 1)
        return ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                        .detail = make->apps
                                      ? "it has several apps; --app names one"
                                      : "it has no app of the new SDK");
    return true;
}

static bool add_optional(struct ota_build_dir *build, const char *folder,
                         const struct ota_partition *partition,
                         const char *name, struct ota_error *err)
{
    char path[PATH_MAX];
    if (!partition || !join(path, folder, name, NULL) || access(path, F_OK) < 0)
        return true;
    return add_file(build, folder, partition->offset, name, err);
}

static bool read_make_build(struct ota_build_dir *build, const char *folder,
                            const char *app, struct ota_error *err)
{
    struct make_build make = {0};
    if (!scan(&make, folder, app, err))
        return false;
    const struct ota_partition *ota_0 = ota_partition_table_find(
        &make.table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    if (!ota_0)
        return ota_fail(err, OTA_E_PACK_NO_OTA_0, .subject = folder,
                        .part = "partition table");
    uint32_t table_offset =
        build->table_offset ? build->table_offset : DEFAULT_TABLE_OFFSET;
    if (!add_file(build, folder, 0, "bootloader/bootloader.bin", err) ||
        !add_file(build, folder, table_offset, make.table_name, err) ||
        !add_optional(build, folder,
                      ota_partition_table_find(&make.table, OTA_PARTITION_DATA,
                                               OTA_PARTITION_DATA_PHY),
                      "phy_init_data.bin", err) ||
        !add_file(build, folder, ota_0->offset, make.app_name, err))
        return false;
    build->app = build->files[build->count - 1].path;
    return true;
}

/* --- the build's configuration ----------------------------------------- */

static uint32_t offset_in(char *text)
{
    static const char key[] = "CONFIG_PARTITION_TABLE_OFFSET";
    uint32_t offset = 0;
    char *found = text ? strstr(text, key) : NULL;
    if (found)
        offset = (uint32_t)strtoul(found + sizeof(key), NULL, 0);
    free(text);
    return offset;
}

static uint32_t configured_table_offset(const char *folder)
{
    static const char *const names[] = {"config/sdkconfig.h",
                                        "include/sdkconfig.h", "../sdkconfig"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        uint32_t offset = offset_in(load_text(folder, names[i]));
        if (offset)
            return offset;
    }
    return 0;
}

bool ota_build_dir_read(struct ota_build_dir *build, const char *folder,
                        const char *app, struct ota_error *err)
{
    static const char *const argument_files[] = {"flash_project_args",
                                                 "download.config"};
    build->count = 0;
    build->app = NULL;
    build->table_offset = configured_table_offset(folder);
    char *text = load_text(folder, "flasher_args.json");
    if (text) {
        bool ok = read_json(build, folder, text, err);
        free(text);
        return ok;
    }
    for (size_t i = 0; i < 2; i++) {
        text = load_text(folder, argument_files[i]);
        if (!text)
            continue;
        bool ok = read_arguments(build, folder, text, err);
        free(text);
        return ok;
    }
    return read_make_build(build, folder, app, err);
}
