/* SPDX-License-Identifier: Apache-2.0 */
/* otatool partition-table: CSV to binary and back. */
#include "command.h"
#include "otatool/digest.h"
#include "otatool/file.h"
#include "otatool/partition_csv.h"
#include "otatool/partition_rules.h"
#include "otatool/report.h"
#include "partition_json.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
    struct common common;
    const char *input;
    const char *output; /* NULL or "-": stdout */
    int64_t offset;
    uint32_t flash_size;
    bool disable_md5;
    bool no_verify;
    bool secure;
};

/* One conversion at work. */
struct job {
    const struct options *options;
    struct ota_file file;
    bool is_binary; /* the input is */
    struct ota_partition_csv csv;
    json_t *warnings;
};

enum { KEY_FLASH_SIZE = 0x100, KEY_MD5, KEY_NO_VERIFY, KEY_SECURE };

static const struct argp_option rows[] = {
    {"flash-size", KEY_FLASH_SIZE, "SIZE", 0,
     "refuse what ends beyond 1MB, 2MB, 4MB, 8MB or 16MB", 1},
    {"offset", 'o', "OFFSET", 0, "where the table lies; default 0x8000", 1},
    {"disable-md5sum", KEY_MD5, NULL, 0,
     "leave the MD5 sum out, as the SDK's build does", 1},
    {"no-verify", KEY_NO_VERIFY, NULL, 0,
     "make what the rules refuse, and say what is overridden", 1},
    {"verify", 'v', NULL, 0, "the default; does nothing", 1},
    {"secure", KEY_SECURE, NULL, 0, "sizes must be aligned as offsets are", 1},
    {0},
};

static uint32_t flash_size(struct argp_state *state, const char *text)
{
    static const char *const sizes[] = {"1MB", "2MB", "4MB", "8MB", "16MB"};
    for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        if (strcmp(text, sizes[i]) == 0)
            return 0x100000u << i;
    argp_error(state, "--flash-size is 1MB, 2MB, 4MB, 8MB or 16MB, not '%s'",
               text);
    return 0;
}

/* What the generator takes, and K and M as everywhere in otatool. */
static int64_t table_offset(struct argp_state *state, const char *text)
{
    int64_t value = 0;
    uint32_t number;
    if (command_number(text, &number))
        return number;
    if (!ota_partition_csv_number(text, strlen(text), &value, NULL) ||
        value > UINT32_MAX || value < -(int64_t)UINT32_MAX)
        argp_error(state, "'%s' is not an offset", text);
    return value;
}

static error_t take_file(struct options *options, char *arg)
{
    if (options->output)
        return ARGP_ERR_UNKNOWN;
    *(options->input ? &options->output : &options->input) = arg;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->common;
        return 0;
    case KEY_FLASH_SIZE:
        options->flash_size = flash_size(state, arg);
        return 0;
    case 'o':
        options->offset = table_offset(state, arg);
        return 0;
    case KEY_MD5:
        options->disable_md5 = true;
        return 0;
    case KEY_NO_VERIFY:
        options->no_verify = true;
        return 0;
    case 'v':
        return 0;
    case KEY_SECURE:
        options->secure = true;
        return 0;
    case ARGP_KEY_ARG:
        return take_file(options, arg);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a CSV file or a binary table");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "INPUT [OUTPUT]",
    .doc = "Turn a partition table from CSV into its binary form, or back.\v"
           "What INPUT is shows in its first bytes; - is stdin or stdout. The "
           "binary is that of the SDK's gen_esp32part.py. What a device could "
           "not use is refused with the reason, unless --no-verify is given.",
    .children = common_children,
};

static bool is_stream(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

/* --- reading --- */

/* The digest covers all entries before the row, and not other MD5 rows. */
static bool md5_holds(const uint8_t *data, size_t size, struct ota_error *err)
{
    static const uint8_t mark[2] = {0xeb, 0xeb};
    enum { ROW = OTA_PARTITION_ENTRY_SIZE };
    uint8_t entries[OTA_PARTITION_TABLE_SIZE];
    uint8_t digest[OTA_MD5_SIZE];
    size_t covered = 0;
    for (size_t at = 0; at + ROW <= size && data[at] != 0xff; at += ROW) {
        if (memcmp(data + at, mark, sizeof(mark)) != 0) {
            memcpy(entries + covered, data + at, ROW);
            covered += ROW;
            continue;
        }
        ota_md5(entries, covered, digest);
        if (memcmp(digest, data + at + ROW - OTA_MD5_SIZE, OTA_MD5_SIZE) != 0)
            return ota_fail(err, OTA_E_TABLE_MD5, .part = "partition table",
                            .offset = at);
    }
    return true;
}

static bool names_are_text(const struct ota_partition_table *table,
                           struct ota_error *err)
{
    for (uint32_t i = 0; i < table->count; i++) {
        json_t *text = json_string(table->entries[i].name);
        if (!text)
            return ota_fail(err, OTA_E_TABLE_NAME, .part = "entry",
                            .index = i + 1,
                            .offset = i * (uint64_t)OTA_PARTITION_ENTRY_SIZE);
        json_decref(text);
    }
    return true;
}

static bool read_binary(struct job *job, struct ota_error *err)
{
    const struct ota_file *file = &job->file;
    struct ota_partition_table *table = &job->csv.table;
    struct ota_source source = ota_source_memory(file->data, file->size);
    if (!ota_partition_table_parse(table, &source, 0, err))
        return false;
    if (table->has_md5 && job->options->disable_md5)
        return ota_fail(
            err, OTA_E_TABLE_ENTRY, .part = "entry",
            .index = table->md5_covers / 32 + 1, .offset = table->md5_covers,
            .expected = OTA_PARTITION_MAGIC, .actual = OTA_PARTITION_MD5_MAGIC,
            .detail = "an MD5 row, which --disable-md5sum denies");
    return md5_holds(file->data, file->size, err) && names_are_text(table, err);
}

static bool read_input(struct job *job, struct ota_error *err)
{
    const struct options *options = job->options;
    const struct ota_file *file = &job->file;
    const char *path =
        is_stream(options->input) ? "/dev/stdin" : options->input;
    if (!ota_file_load(&job->file, path, OTA_FILE_CEILING, err))
        return false;
    job->is_binary = file->size >= 2 && memcmp(file->data, "\xaa\x50", 2) == 0;
    if (job->is_binary)
        return read_binary(job, err);
    return ota_partition_csv_parse(&job->csv, (const char *)file->data,
                                   file->size, options->offset, err);
}

/* --- judging --- */

static void warn(struct job *job, struct ota_error *found)
{
    found->subject = job->options->input;
    if (!job->options->common.quiet)
        ota_report_print(stderr, "otatool: warning", found);
    json_array_append_new(job->warnings, ota_report_json(found));
}

/* A breach that may be overridden. What only the chip would refuse does not
 * keep a table that exists from being read. */
static bool weigh(struct job *job, struct ota_error *found, bool by_generator,
                  struct ota_error *err)
{
    if (!job->options->no_verify && (by_generator || !job->is_binary))
        return ota_error_set(err, *found);
    warn(job, found);
    return true;
}

static bool check_offset(struct job *job, struct ota_error *err)
{
    int64_t offset = job->options->offset;
    struct ota_error found;
    if (offset >= 0 && offset < 0x1000000 && offset % 0x1000 == 0)
        return true;
    ota_fail(&found, OTA_E_TABLE_OFFSET, .part = "partition table",
             .actual = (uint64_t)offset);
    return weigh(job, &found, false, err);
}

static bool check_slips(struct job *job, struct ota_error *err)
{
    struct ota_error found = job->csv.slip;
    return found.code == OTA_OK || weigh(job, &found, false, err);
}

static bool check_rule(struct job *job, size_t i,
                       const struct ota_partition_place *place,
                       struct ota_error *err)
{
    const struct ota_partition_rule *rule = &ota_partition_rules[i];
    struct ota_error found;
    if (ota_partition_rule_check(i, &job->csv.table, place, &found))
        return true;
    /* Asked for by an option; the generator cannot be told otherwise. */
    if (rule->code == OTA_E_PARTITION_BEYOND_FLASH)
        return ota_error_set(err, found);
    if (rule->severity == OTA_REFUSE)
        return weigh(job, &found, rule->is_checked_by_generator, err);
    warn(job, &found);
    return true;
}

static void check_names(struct job *job)
{
    struct ota_error found;
    const struct ota_partition_table *table = &job->csv.table;
    if (job->csv.cut_line) {
        ota_fail(&found, OTA_E_PARTITION_NAME_LONG, .part = "line",
                 .index = job->csv.cut_line);
        warn(job, &found);
    }
    for (uint32_t i = 0; i < table->count; i++) {
        if (ota_partition_csv_name_fits(&table->entries[i]))
            continue;
        ota_fail(&found, OTA_E_PARTITION_NAME_KIND, .part = "partition",
                 .index = i + 1, .detail = table->entries[i].name);
        warn(job, &found);
    }
}

static bool check(struct job *job, struct ota_error *err)
{
    const struct ota_partition_place place = {
        .table_offset = (uint32_t)job->options->offset,
        .flash_size = job->options->flash_size,
        .needs_whole_sizes = job->options->secure,
    };
    if (!check_slips(job, err) || !check_offset(job, err))
        return false;
    for (size_t i = 0; i < ota_partition_rule_count; i++)
        if (!check_rule(job, i, &place, err))
            return false;
    check_names(job);
    return true;
}

/* --- writing --- */

static bool write_stdout(const void *data, size_t size, struct ota_error *err)
{
    if (fwrite(data, 1, size, stdout) == size && fflush(stdout) == 0)
        return true;
    return ota_fail(err, OTA_E_FILE_WRITE, .subject = "stdout",
                    .detail = strerror(errno));
}

/* As the generator does; what fails here fails again when saving. */
static void make_folders(const char *path)
{
    char *copy = strdup(path);
    for (char *c = copy; c && (c = strchr(c + 1, '/'));) {
        *c = '\0';
        mkdir(copy, 0777);
        *c = '/';
    }
    free(copy);
}

static bool write_output(const struct job *job, const void *data, size_t size,
                         struct ota_error *err)
{
    const struct options *options = job->options;
    if (is_stream(options->output))
        return options->common.json || write_stdout(data, size, err);
    if (!is_stream(options->input) &&
        !ota_file_differ(options->output, options->input, err))
        return false;
    make_folders(options->output);
    return ota_file_save(options->output, data, size, err);
}

static bool write_binary(const struct job *job, struct ota_error *err)
{
    const struct ota_partition_table *table = &job->csv.table;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    uint8_t md5[OTA_MD5_SIZE];
    if (!ota_partition_table_build(table, NULL, bytes, err))
        return false;
    ota_md5(bytes, (size_t)table->count * OTA_PARTITION_ENTRY_SIZE, md5);
    if (!job->options->disable_md5 &&
        !ota_partition_table_build(table, md5, bytes, err))
        return false;
    return write_output(job, bytes, sizeof(bytes), err);
}

static bool write_csv(const struct job *job, struct ota_error *err)
{
    char text[OTA_PARTITION_CSV_SIZE];
    size_t size = ota_partition_csv_build(&job->csv.table, text);
    return write_output(job, text, size, err);
}

static bool convert(struct job *job, struct ota_error *err)
{
    if (!read_input(job, err) || !check(job, err))
        return false;
    if (!job->is_binary && is_stream(job->options->output) &&
        !job->options->common.json && isatty(STDOUT_FILENO))
        command_usage("partition-table",
                      "name an OUTPUT; a binary table is not for a terminal");
    return job->is_binary ? write_csv(job, err) : write_binary(job, err);
}

static int describe(const struct job *job)
{
    return command_json(json_pack("{s:b, s:s, s:o, s:O}", "ok", 1, "input",
                                  job->is_binary ? "binary" : "csv",
                                  "partitions",
                                  partition_table_json(&job->csv.table),
                                  "warnings", job->warnings),
                        EXIT_DONE);
}

int cmd_partition_table(int argc, char **argv)
{
    struct options options = {.offset = 0x8000};
    struct ota_error err;
    command_parse(&argp, argc, argv, &options);
    struct job job = {.options = &options, .warnings = json_array()};
    int status = EXIT_DONE;
    if (!convert(&job, &err)) {
        if (!err.subject)
            err.subject = options.input;
        status = command_fail(&options.common, &err);
    } else if (options.common.json) {
        status = describe(&job);
    }
    ota_file_release(&job.file);
    json_decref(job.warnings);
    return status;
}
