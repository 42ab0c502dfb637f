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

/* --- the build's configuration ----------------------------------------- */

struct configuration {
    uint32_t table_offset;         /* 0: not told */
    char table_name[NAME_MAX + 1]; /* of the binary; empty: not told */
};

/* What follows a key, in sdkconfig (KEY=VALUE) and sdkconfig.h (KEY VALUE). */
static const char *value_of(const char *text, const char *key)
{
    size_t length = strlen(key);
    const char *found = strstr(text, key);
    return found && (found[length] == '=' || found[length] == ' ')
               ? found + length + 1
               : NULL;
}

/* "folder/x.csv" is built to x.bin. */
static void take_table_name(struct configuration *configuration,
                            const char *value)
{
    size_t size = *value == '"' ? strcspn(value + 1, "\"\n") : 0;
    const char *end = value + 1 + size;
    const char *start = end;
    while (start > value + 1 && start[-1] != '/')
        start--;
    size_t stem = (size_t)(end - start);
    if (stem > 4 && stem < NAME_MAX && memcmp(end - 4, ".csv", 4) == 0)
        snprintf(configuration->table_name, sizeof(configuration->table_name),
                 "%.*s.bin", (int)stem - 4, start);
}

static void read_configuration(struct configuration *configuration,
                               const char *folder)
{
    static const char *const names[] = {"config/sdkconfig.h",
                                        "include/sdkconfig.h", "../sdkconfig"};
    *configuration = (struct configuration){0};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *text = load_text(folder, names[i]);
        if (!text)
            continue;
        const char *offset = value_of(text, "CONFIG_PARTITION_TABLE_OFFSET");
        const char *name = value_of(text, "CONFIG_PARTITION_TABLE_FILENAME");
        if (offset)
            configuration->table_offset = (uint32_t)strtoul(offset, NULL, 0);
        if (name)
            take_table_name(configuration, name);
        free(text);
        return;
    }
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

/* What a scan looks for by name; NULL or empty: by content. */
struct wanted {
    const char *app;
    const char *table;
};

static void classify(struct make_build *make, const char *folder,
                     const char *name, const struct wanted *wanted)
{
    char path[PATH_MAX];
    struct ota_file file;
    struct ota_partition_table table;
    if (is_result(name) || !join(path, folder, name, NULL) ||
        !ota_file_load(&file, path, OTA_FILE_CEILING, NULL))
        return;
    if (is_table(&file, &table)) {
        if (*wanted->table && strcmp(name, wanted->table) != 0)
            goto done;
        make->table = table;
        make->tables++;
        snprintf(make->table_name, sizeof(make->table_name), "%s", name);
    } else if (wanted->app ? strcmp(name, wanted->app) == 0 : is_app(&file)) {
        make->apps++;
        snprintf(make->app_name, sizeof(make->app_name), "%s", name);
    }
done:
    ota_file_release(&file);
}

static bool scan(struct make_build *make, const char *folder,
                 const struct wanted *wanted, struct ota_error *err)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return ota_fail(err, OTA_E_FILE_OPEN, .subject = folder);
    for (struct dirent *entry; (entry = readdir(directory));)
        classify(make, folder, entry->d_name, wanted);
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
                            const struct wanted *wanted, struct ota_error *err)
{
    struct make_build make = {0};
    if (!scan(&make, folder, wanted, err))
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

bool ota_build_dir_read(struct ota_build_dir *build, const char *folder,
                        const char *app, struct ota_error *err)
{
    static const char *const argument_files[] = {"flash_project_args",
                                                 "download.config"};
    struct configuration configuration;
    build->count = 0;
    build->app = NULL;
    read_configuration(&configuration, folder);
    build->table_offset = configuration.table_offset;
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
    struct wanted wanted = {app, configuration.table_name};
    return read_make_build(build, folder, &wanted, err);
}
