/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the emulator. */
#ifndef OTATOOL_SIM_EMULATOR_H
#define OTATOOL_SIM_EMULATOR_H

#include "otatool/simulate.h"

struct emulator_order {
    const char *flash_file; /* runs in place */
    uint32_t stop;          /* address whose execution is the wanted end */
    uint32_t cut;  /* the power fails in this operation, from 1; 0: never */
    uint32_t tear; /* how; see firmware/rom/options.h */
    bool trace;    /* the console tells each operation */
};

/*
 * Runs the flash file until the device ends; console (owned by the caller
 * then, terminated) is what it printed, *status the exit status, or 256 plus
 * the signal that ended the emulator. Beside the flash file a file of its
 * name and ".txt" comes and goes.
 */
OTA_CHECKED bool emulator_run(const struct ota_emulator *emulator,
                              const struct emulator_order *order,
                              char **console, int *status,
                              struct ota_error *err);

#endif
