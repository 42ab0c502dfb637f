/* SPDX-License-Identifier: Apache-2.0 */
/* What flash and verify-flash are to put or find on a device. */
#ifndef OTATOOL_CLI_FLASH_INPUT_H
#define OTATOOL_CLI_FLASH_INPUT_H

#include "otatool/build_dir.h"
#include "serial.h"

struct flash_options {
    struct serial_options serial;
    bool app;              /* the app alone, at ota_0's place */
    const char *partition; /* a file into the partition of this name */
    bool no_verify;
    struct ota_flash_header header;
    struct ota_flasher_job job;
    char **arguments; /* ADDR FILE pairs, a build folder, a pack, a file */
    int argument_count;
};

/* The options of both commands; a child whose input is struct
 * flash_options. */
extern const struct argp flash_input_argp;

/* The files, loaded once for all ports. */
struct flash_input {
    const struct flash_options *options;
    struct ota_build_dir *build; /* owned; NULL: no folder was named */
    struct ota_file files[OTA_BUILD_MAX_FILES];
    const char *names[OTA_BUILD_MAX_FILES];
    uint32_t addresses[OTA_BUILD_MAX_FILES];
    size_t count;
    bool is_pack;
};

/* Wrong usage exits; command is its name. */
OTA_CHECKED bool flash_input_load(struct flash_input *input,
                                  const struct flash_options *options,
                                  const char *command, struct ota_error *err);
void flash_input_release(struct flash_input *input);

/* Lays the input out for a device, which is asked for its partitions where
 * that is needed. */
OTA_CHECKED bool flash_input_plan(const struct flash_input *input,
                                  struct ota_flasher *flasher,
                                  struct ota_flash_plan *plan,
                                  struct ota_error *err);

#endif
