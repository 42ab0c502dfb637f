/* SPDX-License-Identifier: Apache-2.0 */
/* otatool otadata: which slot starts, and changing it. */
#include "otatool/file.h"
#include "otatool/otadata.h"
#include "otatool/partition_csv.h"
#include "otatool/report.h"
#include "serial.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SWITCH = 0x100, KEY_ERASE, KEY_TABLE, KEY_OFFSET, KEY_SLOTS };

/* A file smaller than this holds no table, so it is the partition alone. */
enum { LEAST_DUMP = 0x8000, NO_SLOT = 0xff, MAX_SLOTS = 16 };

struct options {
    struct serial_options serial;
    const char *file;   /* NULL: a device's */
    const char *output; /* NULL: in place */
    const char *table;  /* file or offset */
    uint32_t offset;
    uint32_t slots;
    uint32_t slot; /* to switch to, or NO_SLOT */
    bool has_offset;
    bool erase;
};

/* What the command works on. */
struct subject {
    const struct options *options;
    struct ota_file file;
    bool has_table;
    struct ota_partition_table table;
    uint32_t base;   /* of the file in flash, where it is a device's */
    uint32_t offset; /* of otadata in the file */
    uint32_t size;
    uint32_t boot_slots; /* as the bootloader counts */
    uint32_t app_slots;  /* as the application counts */
    bool has_factory;
    struct ota_otadata otadata;
};

static const struct argp_option rows[] = {
    {"switch", KEY_SWITCH, "SLOT", 0, "start this slot: 0, 1 or ota_1", 1},
    {"erase", KEY_ERASE, NULL, 0,
     "forget the choice: factory starts, or ota_0 where there is none", 1},
    {"table", KEY_TABLE, "TABLE", 0,
     "the partition table: a file, or its offset in the dump; default: what is "
     "found at 0x8000 or 0x5000",
     1},
    {"offset", KEY_OFFSET, "OFFSET", 0, "where otadata lies in FILE", 1},
    {"slots", KEY_SLOTS, "N", 0,
     "OTA slots, where there is no table; default 2", 1},
    {"output", 'o', "FILE", 0, "write there, not to FILE itself", 1},
    {0},
};

static uint32_t slot_number(struct argp_state *state, const char *text)
{
    uint32_t slot;
    const char *digits = strncmp(text, "ota_", 4) == 0 ? text + 4 : text;
    if (!command_number(digits, &slot) || slot >= MAX_SLOTS)
        argp_error(state, "'%s' is not an OTA slot", text);
    return slot;
}

static uint32_t number(struct argp_state *state, const char *text,
                       uint32_t least, uint32_t most)
{
    uint32_t value;
    if (!command_number(text, &value) || value < least || value > most)
        argp_error(state, "'%s' is not a number from %" PRIu32 " to %" PRIu32,
                   text, least, most);
    return value;
}

static bool is_device(const struct options *options)
{
    return options->serial.ports || options->serial.all;
}

static void check_source(const struct options *options,
                         struct argp_state *state)
{
    if (!options->file && !is_device(options))
        argp_error(state, "name an otadata partition, a flash dump, or a "
                          "device with --port");
    if (is_device(options) && (options->file || options->output ||
                               options->table || options->has_offset))
        argp_error(state, "a device's table tells all: no FILE, --output, "
                          "--table or --offset goes with --port");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->serial;
        return 0;
    case KEY_SWITCH:
        options->slot = slot_number(state, arg);
        return 0;
    case KEY_ERASE:
        options->erase = true;
        return 0;
    case KEY_TABLE:
        options->table = arg;
        return 0;
    case KEY_OFFSET:
        options->offset = number(state, arg, 0, OTA_FILE_CEILING);
        options->has_offset = true;
        return 0;
    case KEY_SLOTS:
        options->slots = number(state, arg, 1, MAX_SLOTS);
        return 0;
    case 'o':
        options->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (options->file)
            return ARGP_ERR_UNKNOWN;
        options->file = arg;
        return 0;
    case ARGP_KEY_END:
        check_source(options, state);
        if (options->erase && options->slot != NO_SLOT)
            argp_error(state, "--switch and --erase exclude each other");
        if (options->output && !options->erase && options->slot == NO_SLOT)
            argp_error(state, "--output goes with --switch or --erase");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "FILE\n--port=PORT",
    .doc = "Show which OTA slot the bootloader starts, and change it.\v"
           "FILE is an otadata partition or a whole flash dump. It is changed "
           "as the SDK's esp_ota_set_boot_partition() would, in one step. With "
           "--port it is the one of a device.",
    .children = serial_children,
};

/* --- finding otadata --- */

static bool parse_table(struct subject *subject, const struct ota_file *file,
                        uint32_t offset, struct ota_error *err)
{
    struct ota_source source = ota_source_memory(file->data, file->size);
    subject->has_table =
        ota_partition_table_parse(&subject->table, &source, offset, err);
    return subject->has_table;
}

static bool parse_table_file(struct subject *subject,
                             const struct ota_file *file, struct ota_error *err)
{
    if (file->size >= 2 && memcmp(file->data, "\xaa\x50", 2) == 0)
        return parse_table(subject, file, 0, err);
    static struct ota_partition_csv csv; /* its text outlives an error */
    if (!ota_partition_csv_parse(&csv, (const char *)file->data, file->size, 0,
                                 err))
        return false;
    subject->table = csv.table;
    subject->has_table = true;
    return true;
}

static bool load_table_file(struct subject *subject, const char *path,
                            struct ota_error *err)
{
    struct ota_file file;
    if (!ota_file_load(&file, path, OTA_FILE_CEILING, err))
        return false;
    bool ok = parse_table_file(subject, &file, err);
    if (!ok && !err->subject)
        err->subject = path;
    ota_file_release(&file);
    return ok;
}

static bool search_table(struct subject *subject, struct ota_error *err)
{
    static const uint32_t places[] = {0x8000, 0x5000};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (parse_table(subject, &subject->file, places[i], err) &&
            subject->table.count > 0)
            return true;
    subject->has_table = false;
    return ota_fail(err, OTA_E_OTADATA_NO_TABLE);
}

static bool find_table(struct subject *subject, struct ota_error *err)
{
    const struct options *options = subject->options;
    uint32_t offset;
    if (options->table && command_number(options->table, &offset))
        return parse_table(subject, &subject->file, offset, err);
    if (options->table)
        return load_table_file(subject, options->table, err);
    if (options->has_offset || subject->file.size < LEAST_DUMP)
        return true; /* none is needed */
    return search_table(subject, err);
}

static void count_slots(struct subject *subject)
{
    uint32_t slots = subject->options->slots;
    subject->boot_slots = slots ? slots : 2;
    subject->app_slots = subject->boot_slots;
    if (!subject->has_table)
        return;
    subject->boot_slots = ota_otadata_slots(&subject->table);
    subject->app_slots = ota_otadata_consecutive_slots(&subject->table);
    subject->has_factory = ota_partition_table_find(
        &subject->table, OTA_PARTITION_APP, OTA_PARTITION_APP_FACTORY);
}

static bool check_place(const struct subject *subject, struct ota_error *err)
{
    if (subject->size < OTA_OTADATA_SIZE)
        return ota_fail(err, OTA_E_OTADATA_SIZE, .part = "otadata",
                        .expected = OTA_OTADATA_SIZE, .actual = subject->size);
    if (subject->offset > subject->file.size ||
        subject->size > subject->file.size - subject->offset)
        return ota_fail(err, OTA_E_TRUNCATED, .part = "otadata",
                        .offset = subject->offset,
                        .expected = (uint64_t)subject->offset + subject->size,
                        .actual = subject->file.size);
    return true;
}

static bool find_otadata(struct subject *subject, struct ota_error *err)
{
    const struct options *options = subject->options;
    const struct ota_partition *partition =
        subject->has_table
            ? ota_partition_table_find(&subject->table, OTA_PARTITION_DATA,
                                       OTA_PARTITION_DATA_OTADATA)
            : NULL;
    subject->offset = options->offset;
    subject->size = OTA_OTADATA_SIZE;
    if (!options->has_offset && subject->file.size < LEAST_DUMP) {
        subject->size = (uint32_t)subject->file.size;
    } else if (!options->has_offset) {
        if (!partition)
            return ota_fail(err, OTA_E_OTADATA_NO_PARTITION);
        subject->offset = partition->offset;
        subject->size = partition->size;
    }
    return check_place(subject, err);
}

static bool load(struct subject *subject, struct ota_error *err)
{
    if (!ota_file_load(&subject->file, subject->options->file, OTA_FILE_CEILING,
                       err) ||
        !find_table(subject, err) || !find_otadata(subject, err))
        return false;
    count_slots(subject);
    return true;
}

static bool read_copies(struct subject *subject, struct ota_error *err)
{
    struct ota_source source =
        ota_source_memory(subject->file.data, subject->file.size);
    return ota_otadata_parse(&subject->otadata, &source, subject->offset, err);
}

/* --- changing --- */

/* A sector is erased, then the entry written, as on the device. */
static bool switch_slot(struct subject *subject, struct ota_error *err)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int copy;
    if (!ota_otadata_switch(&subject->otadata, subject->options->slot,
                            subject->app_slots, OTA_OTADATA_UNDEFINED, &copy,
                            entry, err))
        return false;
    uint8_t *sector = subject->file.data + subject->offset +
                      (size_t)copy * OTA_OTADATA_COPY_STRIDE;
    memset(sector, 0xff, OTA_OTADATA_COPY_STRIDE);
    memcpy(sector, entry, sizeof(entry));
    return true;
}

/* In memory; whether anything was asked for. */
static bool change(struct subject *subject, bool *is_changed,
                   struct ota_error *err)
{
    const struct options *options = subject->options;
    *is_changed = options->erase || options->slot != NO_SLOT;
    if (options->erase)
        memset(subject->file.data + subject->offset, 0xff, subject->size);
    return options->slot == NO_SLOT || switch_slot(subject, err);
}

static bool change_file(struct subject *subject, struct ota_error *err)
{
    const struct options *options = subject->options;
    bool is_changed;
    if (!change(subject, &is_changed, err))
        return false;
    return !is_changed ||
           (ota_file_save(options->output ? options->output : options->file,
                          subject->file.data, subject->file.size, err) &&
            read_copies(subject, err));
}

/* --- a device's --- */

static bool read_device(struct subject *subject, struct ota_flasher *flasher,
                        struct ota_error *err)
{
    struct ota_flasher_otadata found;
    if (!ota_flasher_otadata(flasher, &found, err))
        return false;
    subject->table = found.table;
    subject->otadata = found.otadata;
    subject->has_table = true;
    subject->base = found.offset;
    subject->size = OTA_OTADATA_SIZE;
    subject->file.data = malloc(OTA_OTADATA_SIZE);
    subject->file.size = OTA_OTADATA_SIZE;
    if (!subject->file.data)
        return ota_fail(err, OTA_E_MEMORY);
    memcpy(subject->file.data, found.bytes, OTA_OTADATA_SIZE);
    count_slots(subject);
    return true;
}

static bool change_device(struct subject *subject, struct ota_flasher *flasher,
                          struct ota_error *err)
{
    struct ota_flash_plan plan = {0};
    struct ota_flasher_job job = {0};
    struct ota_flasher_result result;
    bool is_changed;
    if (!change(subject, &is_changed, err))
        return false;
    bool ok = !is_changed ||
              (ota_flash_plan_add(&plan, "otadata", subject->base,
                                  subject->file.data, OTA_OTADATA_SIZE, err) &&
               ota_flasher_write(flasher, &plan, &job, &result, err) &&
               read_copies(subject, err));
    ota_flash_plan_release(&plan);
    return ok;
}

/* --- telling --- */

static void name_choice(const struct subject *subject, char *name, size_t size)
{
    uint32_t slot = 0;
    enum ota_otadata_choice choice = ota_otadata_choose(
        &subject->otadata, subject->boot_slots, subject->has_factory, &slot);
    if (choice == OTA_OTADATA_FACTORY)
        snprintf(name, size, "factory");
    else if (choice == OTA_OTADATA_FIRST_SLOT && !subject->has_table)
        snprintf(name, size, "factory or ota_0");
    else
        snprintf(name, size, "ota_%" PRIu32, slot);
}

static void print_reason(const struct subject *subject)
{
    const struct ota_otadata_copy *copies = subject->otadata.copies;
    uint32_t slot;
    enum ota_otadata_choice choice = ota_otadata_choose(
        &subject->otadata, subject->boot_slots, subject->has_factory, &slot);
    bool first =
        copies[0].is_valid &&
        (!copies[1].is_valid || copies[0].sequence >= copies[1].sequence);
    uint32_t sequence = copies[first ? 0 : 1].sequence;
    if (choice == OTA_OTADATA_SLOT)
        printf("copy %d counts, (%" PRIu32 " - 1) modulo %" PRIu32 " slots\n",
               first ? 1 : 2, sequence, subject->boot_slots);
    else if (choice == OTA_OTADATA_FACTORY || !subject->has_table)
        puts("no copy is valid");
    else
        puts("no copy is valid, and there is no factory app");
}

static void print_copy(const struct ota_otadata_copy *copy, int index)
{
    printf("copy %d: ", index);
    if (copy->sequence == UINT32_MAX) {
        puts("erased");
        return;
    }
    printf("sequence %" PRIu32 ", crc 0x%08" PRIx32 ", %s", copy->sequence,
           copy->crc, copy->is_valid ? "valid" : "not valid");
    if (copy->state != OTA_OTADATA_UNDEFINED)
        printf(", state %s", ota_otadata_state_name(copy->state));
    puts("");
}

static void print(const struct subject *subject)
{
    char name[32];
    name_choice(subject, name, sizeof(name));
    for (int i = 0; i < OTA_OTADATA_COPIES; i++)
        print_copy(&subject->otadata.copies[i], i + 1);
    printf("starts: %s: ", name);
    print_reason(subject);
    if (subject->boot_slots != subject->app_slots)
        printf("note:   the app counts %" PRIu32
               " slots, the bootloader %" PRIu32 "\n",
               subject->app_slots, subject->boot_slots);
}

static json_t *copy_json(const struct ota_otadata_copy *copy)
{
    return json_pack("{s:I, s:I, s:b, s:s}", "sequence",
                     (json_int_t)copy->sequence, "crc", (json_int_t)copy->crc,
                     "valid", copy->is_valid, "state",
                     ota_otadata_state_name(copy->state));
}

static json_t *describe(const struct subject *subject)
{
    char name[32];
    name_choice(subject, name, sizeof(name));
    return json_pack("{s:b, s:I, s:[o, o], s:s, s:I, s:b}", "ok", 1, "offset",
                     (json_int_t)subject->base + subject->offset, "copies",
                     copy_json(&subject->otadata.copies[0]),
                     copy_json(&subject->otadata.copies[1]), "starts", name,
                     "slots", (json_int_t)subject->boot_slots, "factory",
                     subject->has_factory);
}

static bool work(struct serial_job *job, struct ota_error *err)
{
    struct subject subject = {.options = job->context};
    bool ok = read_device(&subject, job->flasher, err) &&
              change_device(&subject, job->flasher, err);
    const struct common *common = &subject.options->serial.common;
    if (ok && !common->json && !common->quiet)
        print(&subject);
    if (ok)
        job->facts = describe(&subject);
    ota_file_release(&subject.file);
    return ok;
}

static void tell_nothing(const struct serial_job *job)
{
    (void)job; /* it is said already */
}

static int tell(const struct subject *subject)
{
    const struct common *common = &subject->options->serial.common;
    if (common->json)
        return command_json(describe(subject), EXIT_DONE);
    if (!common->quiet)
        print(subject);
    return EXIT_DONE;
}

static int run_on_file(const struct options *options)
{
    struct subject subject = {.options = options};
    struct ota_error err;
    int status;
    if (load(&subject, &err) && read_copies(&subject, &err) &&
        change_file(&subject, &err)) {
        status = tell(&subject);
    } else {
        if (!err.subject)
            err.subject = options->file;
        status = command_fail(&options->serial.common, &err);
    }
    ota_file_release(&subject.file);
    return status;
}

int cmd_otadata(int argc, char **argv)
{
    struct options options = {.serial = serial_defaults(), .slot = NO_SLOT};
    command_parse(&argp, argc, argv, &options);
    return is_device(&options)
               ? serial_run(&options.serial, true, work, &options, tell_nothing)
               : run_on_file(&options);
}
