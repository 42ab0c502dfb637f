/* SPDX-License-Identifier: Apache-2.0 */
/* A part of a device's flash on a command line: OFFSET SIZE, or the name of a
 * partition. */
#ifndef OTATOOL_CLI_SERIAL_RANGE_H
#define OTATOOL_CLI_SERIAL_RANGE_H

#include "serial.h"

struct serial_range {
    const char *partition;
    uint32_t numbers[2]; /* offset, size */
    unsigned number_count;
};

enum { SERIAL_KEY_PARTITION = 0x300 };

/* The row of --partition. */
#define SERIAL_RANGE_ROW                                                       \
    {                                                                          \
        "partition", SERIAL_KEY_PARTITION, "NAME", 0,                          \
            "the partition of this name on the device", 1                      \
    }

/* Takes an argument, or ends in wrong usage. */
void serial_range_take(struct serial_range *range, const char *text,
                       struct argp_state *state);

/* What it is on this device; all of its flash where nothing was named. */
OTA_CHECKED bool serial_range_find(const struct serial_range *range,
                                   struct ota_flasher *flasher,
                                   uint32_t *offset, uint32_t *size,
                                   struct ota_error *err);

#endif
