/* SPDX-License-Identifier: Apache-2.0 */
/*
 * otatool pack --kind ota: an update from the new SDK to the new SDK.
 *
 * On flash of 2 MB and more that is the app as it is. On 1 MB each slot needs
 * an app linked for it: both are joined, and the client takes the half that
 * is for its slot.
 */
#include "otatool/digest.h"
#include "otatool/file.h"
#include "otatool/image.h"
#include "otatool/partition_table.h"
#include "otatool/report.h"
#include "pack.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_APPS = 2, WINDOW = 0x100000 };

struct inputs {
    const char *paths[MAX_APPS];
    struct ota_file apps[MAX_APPS];
    size_t count;
    const char *table_path; /* NULL: none given */
    struct ota_file table_file;
    struct ota_partition_table table;
};

static bool is_table(const struct ota_file *file)
{
    return file->size >= 2 &&
           (file->data[0] | file->data[1] << 8) == OTA_PARTITION_MAGIC;
}

static bool parse_table(struct inputs *inputs, struct ota_error *err)
{
    struct ota_source source =
        ota_source_memory(inputs->table_file.data, inputs->table_file.size);
    if (ota_partition_table_parse(&inputs->table, &source, 0, err))
        return true;
    err->subject = inputs->table_path;
    return false;
}

/* Apps come in the order of their slots; a table may stand anywhere. */
static bool load(struct inputs *inputs, const struct pack_options *options,
                 struct ota_error *err)
{
    for (int i = 0; i < options->argument_count; i++) {
        struct ota_file file;
        const char *path = options->arguments[i];
        if (!ota_file_load(&file, path, OTA_FILE_CEILING, err))
            return false;
        bool is_other = is_table(&file);
        if (is_other ? inputs->table_path != NULL : inputs->count == MAX_APPS) {
            ota_file_release(&file);
            command_usage("pack", "an update is made of one app or two, and "
                                  "at most one partition table");
        }
        if (is_other) {
            inputs->table_path = path;
            inputs->table_file = file;
        } else {
            inputs->paths[inputs->count] = path;
            inputs->apps[inputs->count++] = file;
        }
    }
    if (inputs->count == 0)
        command_usage("pack", "name the app for ota_0, and on 1 MB flash the "
                              "one for ota_1 after it");
    return !inputs->table_path || parse_table(inputs, err);
}

static void release(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        ota_file_release(&inputs->apps[i]);
    ota_file_release(&inputs->table_file);
}

static bool app_is_whole(const struct inputs *inputs, size_t index,
                         struct ota_image *image, struct ota_error *err)
{
    const struct ota_file *file = &inputs->apps[index];
    struct ota_source source = ota_source_memory(file->data, file->size);
    uint8_t stored[OTA_IMAGE_DIGEST_SIZE];
    uint8_t actual[OTA_SHA256_SIZE];
    if (!ota_image_verify(image, &source, 0, err))
        return false;
    if (!ota_image_stored_digest(image, &source, stored))
        return true;
    ota_sha256(file->data, image->size, actual);
    if (memcmp(stored, actual, sizeof(actual)) == 0)
        return true;
    return ota_fail(err, OTA_E_IMAGE_DIGEST, .part = "digest",
                    .offset = image->size);
}

static const struct ota_partition *slot_of(const struct inputs *inputs,
                                           size_t index)
{
    return ota_partition_table_find(&inputs->table, OTA_PARTITION_APP,
                                    (uint8_t)(OTA_PARTITION_APP_OTA_0 + index));
}

static bool app_fits(const struct inputs *inputs, size_t index,
                     const struct ota_image *image, struct ota_error *err)
{
    uint32_t link = 0;
    if (!ota_image_link_slot(image, &link))
        return ota_fail(
            err, OTA_E_APP_NOT_V3, .part = "segment", .index = 1,
            .offset = OTA_IMAGE_HEADER_SIZE, .expected = OTA_IMAGE_FLASH_WINDOW,
            .actual = image->segment_count ? image->segments[0].address : 0);
    if (!inputs->table_path)
        return true;
    const struct ota_partition *slot = slot_of(inputs, index);
    if (!slot)
        return ota_fail(err, OTA_E_PACK_NO_OTA_0, .part = "partition table");
    if (slot->offset % WINDOW != link)
        return ota_fail(err, OTA_E_IMAGE_LINK,
                        .part = index ? "ota_1" : "ota_0",
                        .expected = slot->offset % WINDOW, .actual = link);
    if (inputs->apps[index].size > slot->size)
        return ota_fail(err, OTA_E_APP_SIZE, .part = index ? "ota_1" : "ota_0",
                        .expected = slot->size,
                        .actual = inputs->apps[index].size);
    return true;
}

static bool app_holds(const struct inputs *inputs, size_t index, uint32_t *link,
                      struct ota_error *err)
{
    struct ota_image image;
    if (app_is_whole(inputs, index, &image, err) &&
        app_fits(inputs, index, &image, err))
        return ota_image_link_slot(&image, link);
    err->subject = inputs->paths[index];
    return false;
}

/* One app serves two slots only where both lie alike in their megabyte. */
static bool one_is_enough(const struct inputs *inputs, struct ota_error *err)
{
    const struct ota_partition *first = slot_of(inputs, 0);
    const struct ota_partition *second = slot_of(inputs, 1);
    if (!first || !second || first->offset % WINDOW == second->offset % WINDOW)
        return true;
    return ota_fail(err, OTA_E_IMAGE_PAIR, .subject = inputs->paths[0],
                    .detail = "ota_1 needs an app linked for it");
}

/* ota_0 lies below ota_1: so must the link addresses. */
static bool pair_holds(const struct inputs *inputs, const uint32_t *links,
                       struct ota_error *err)
{
    if (inputs->count < MAX_APPS)
        return one_is_enough(inputs, err);
    if (links[0] >= links[1])
        return ota_fail(err, OTA_E_IMAGE_PAIR, .subject = inputs->paths[1],
                        .detail = links[0] == links[1]
                                      ? "both are linked for one slot"
                                      : "they are in the wrong order");
    if (inputs->apps[0].size == inputs->apps[1].size)
        return true;
    return ota_fail(err, OTA_E_IMAGE_HALVES, .subject = inputs->paths[1],
                    .expected = inputs->apps[0].size,
                    .actual = inputs->apps[1].size);
}

/* Reports a broken rule; true when it is to be overridden. */
static bool pass(bool holds, bool no_verify, const struct ota_error *err)
{
    if (!holds && no_verify)
        ota_report_print(stderr, "overridden", err);
    return holds || no_verify;
}

static bool judge(const struct inputs *inputs, bool no_verify,
                  struct ota_error *err)
{
    uint32_t links[MAX_APPS] = {0, WINDOW};
    for (size_t i = 0; i < inputs->count; i++)
        if (!pass(app_holds(inputs, i, &links[i], err), no_verify, err))
            return false;
    return pass(pair_holds(inputs, links, err), no_verify, err);
}

static void name_output(char path[PATH_MAX], const struct inputs *inputs,
                        const char *given)
{
    const char *slash = strrchr(inputs->paths[0], '/');
    const char *app = slash ? slash + 1 : inputs->paths[0];
    size_t stem = strlen(app);
    if (stem > 4 && strcmp(app + stem - 4, ".bin") == 0)
        stem -= 4;
    if (given)
        snprintf(path, PATH_MAX, "%s", given);
    else
        snprintf(path, PATH_MAX, "%.*s.ota.bin", (int)(stem < 200 ? stem : 200),
                 app);
}

static bool output_is_free(const char *path, const struct inputs *inputs,
                           struct ota_error *err)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (!ota_file_differ(path, inputs->paths[i], err))
            return false;
    return !inputs->table_path ||
           ota_file_differ(path, inputs->table_path, err);
}

static bool save(const char *path, const struct inputs *inputs, size_t *size,
                 struct ota_error *err)
{
    const struct ota_file *first = &inputs->apps[0];
    const struct ota_file *second = &inputs->apps[1];
    *size = first->size + second->size;
    uint8_t *joined = malloc(*size + 1);
    if (!joined)
        return ota_fail(err, OTA_E_MEMORY, .subject = path);
    if (first->size > 0)
        memcpy(joined, first->data, first->size);
    if (second->size > 0)
        memcpy(joined + first->size, second->data, second->size);
    bool ok = ota_file_save(path, joined, *size, err);
    free(joined);
    return ok;
}

static void tell(const char *path, const struct inputs *inputs, size_t size,
                 const struct common *common)
{
    if (common->json)
        command_json(json_pack("{s:b, s:o, s:I, s:i}", "ok", 1, "output",
                               ota_report_text(path), "size", (json_int_t)size,
                               "apps", (int)inputs->count),
                     0);
    if (common->json || common->quiet)
        return;
    ota_report_name(stdout, path);
    printf(": update of %zu app%s, %zu bytes\n", inputs->count,
           inputs->count > 1 ? "s" : "", size);
}

int pack_ota(const struct pack_options *options)
{
    struct ota_error err;
    struct inputs *inputs = calloc(1, sizeof(*inputs));
    char path[PATH_MAX];
    size_t size;
    if (!inputs)
        abort();
    bool ok = load(inputs, options, &err);
    if (ok) {
        name_output(path, inputs, options->output);
        ok = output_is_free(path, inputs, &err) &&
             judge(inputs, options->no_verify, &err) &&
             save(path, inputs, &size, &err);
    }
    if (ok)
        tell(path, inputs, size, &options->common);
    int status = ok ? EXIT_DONE : command_fail(&options->common, &err);
    release(inputs);
    free(inputs);
    return status;
}
