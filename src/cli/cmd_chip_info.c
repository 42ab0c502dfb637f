/* SPDX-License-Identifier: Apache-2.0 */
/* otatool chip-info: what is at a serial port, and what its flash holds. */
#include "device_report.h"
#include "otatool/partition_csv.h"
#include "otatool/report.h"
#include "partition_json.h"
#include "serial.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_BRIEF = 0x100, APPS = 18 };

struct options {
    struct serial_options serial;
    bool brief;
};

/* An app that says what it is. */
struct app {
    const char *name;
    struct ota_app_description description;
};

struct findings {
    struct ota_device device;
    struct app apps[APPS];
    size_t app_count;
};

static const struct argp_option rows[] = {
    {"brief", KEY_BRIEF, NULL, 0, "the chip alone, not what its flash holds",
     1},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->serial;
        return 0;
    case KEY_BRIEF:
        options->brief = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .doc = "Tell what chip is at a serial port and what its flash holds.\v"
           "The apps are read whole, to check them; --brief is done at once.",
    .children = serial_children,
};

/* --- finding out --- */

static void describe_app(struct findings *findings, const char *name,
                         const struct ota_device_image *place,
                         const struct ota_source *flash)
{
    struct ota_image image;
    struct app *app = &findings->apps[findings->app_count];
    const struct ota_slice slice = {flash, place->address};
    struct ota_source source = ota_source_slice(&slice);
    if (findings->app_count == APPS || !place->is_sound ||
        place->is_container || place->is_bootloader ||
        !ota_image_parse(&image, &source, 0, NULL) ||
        !ota_image_description(&image, &source, &app->description))
        return;
    app->name = name;
    findings->app_count++;
}

static bool read_device(struct findings *findings, struct ota_flasher *flasher,
                        struct ota_error *err)
{
    struct ota_flasher_mirror mirror;
    struct ota_device *device = &findings->device;
    if (!ota_flasher_mirror_init(&mirror, flasher, err))
        return false;
    struct ota_source flash = ota_flasher_source(&mirror);
    bool ok = ota_device_read(device, &flash, err);
    for (int i = 0; ok && i < device->table.count; i++)
        if (device->table.entries[i].type == OTA_PARTITION_APP)
            describe_app(findings, device->table.entries[i].name,
                         &device->apps[i], &flash);
    ota_flasher_mirror_release(&mirror);
    return ok;
}

/* --- telling --- */

static json_t *app_json(const struct app *app)
{
    const struct ota_app_description *description = &app->description;
    return json_pack("{s:o, s:o, s:o, s:o}", "name", ota_report_text(app->name),
                     "project", ota_report_text(description->project_name),
                     "version", ota_report_text(description->version), "sdk",
                     ota_report_text(description->idf_version));
}

static json_t *facts_json(const struct findings *findings)
{
    json_t *object = json_object();
    json_t *apps = json_array();
    device_describe(&findings->device, object);
    json_object_del(object, "error"); /* a dead device is a result here */
    json_object_set_new(object, "partitions",
                        partition_table_json(&findings->device.table));
    for (size_t i = 0; i < findings->app_count; i++)
        json_array_append_new(apps, app_json(&findings->apps[i]));
    json_object_set_new(object, "apps", apps);
    return object;
}

static void print_partitions(const struct ota_partition_table *table)
{
    for (int i = 0; i < table->count; i++) {
        const struct ota_partition *entry = &table->entries[i];
        const char *type = ota_partition_csv_type(entry->type);
        const char *subtype =
            ota_partition_csv_subtype(entry->type, entry->subtype);
        printf("  partition %-16s %-5s %-8s 0x%06" PRIx32 " %5" PRIu32 " KB\n",
               entry->name, type ? type : "other", subtype ? subtype : "-",
               entry->offset, entry->size / 1024);
    }
}

static void print_findings(const struct findings *findings)
{
    device_print(&findings->device);
    for (size_t i = 0; i < findings->app_count; i++)
        printf("  app in %s: %s %s\n", findings->apps[i].name,
               findings->apps[i].description.project_name,
               findings->apps[i].description.version);
    print_partitions(&findings->device.table);
}

static void print_chip(const struct serial_job *job)
{
    const struct ota_chip *chip = &job->flasher->chip;
    serial_print_chip(job);
    printf("\n  chip id 0x%08" PRIx32 ", flash id 0x%06" PRIx32 "\n", chip->id,
           chip->flash_id);
}

/* Prints from here, since it is one port and what is found is large. */
static bool work(struct serial_job *job, struct ota_error *err)
{
    const struct options *options = job->context;
    const struct common *common = &options->serial.common;
    bool talks = !common->json && !common->quiet;
    if (talks)
        print_chip(job);
    if (options->brief)
        return true;
    struct findings *findings = calloc(1, sizeof(*findings));
    if (!findings)
        abort();
    bool ok = read_device(findings, job->flasher, err);
    if (ok && talks)
        print_findings(findings);
    if (ok)
        job->facts = facts_json(findings);
    free(findings);
    return ok;
}

static void tell(const struct serial_job *job)
{
    (void)job;
}

int cmd_chip_info(int argc, char **argv)
{
    struct options options = {.serial = serial_defaults()};
    command_parse(&argp, argc, argv, &options);
    return serial_run(&options.serial, true, work, &options, tell);
}
