/* SPDX-License-Identifier: Apache-2.0 */
/* A part of a device's flash on a command line: OFFSET SIZE, or the name of a
 * partition. */
#ifndef OTATOOL_CLI_SERIAL_RANGE_H
#define OTATOOL_CLI_SERIAL_RANGE_H

#include "serial.h"

struct serial_range {
    struct serial_options serial;
    bool may_be_all; /* where nothing is named; else that is wrong usage */
    const char *partition;
    uint32_t numbers[2]; /* offset, size */
    unsigned number_count;
};

/* A command's argp children in place of serial_children; the input of the one
 * is a struct serial_range. */
extern const struct argp_child serial_range_children[];

/* What it is on this device; all of its flash where nothing was named. */
OTA_CHECKED bool serial_range_find(const struct serial_range *range,
                                   struct ota_flasher *flasher,
                                   uint32_t *offset, uint32_t *size,
                                   struct ota_error *err);

#endif
