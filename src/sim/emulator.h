/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the emulator. */
#ifndef OTATOOL_SIM_EMULATOR_H
#define OTATOOL_SIM_EMULATOR_H

#include "otatool/simulate.h"

/*
 * Runs the flash file until the device ends; console (owned by the caller
 * then, terminated) is what it printed, *status the exit status, or 256 plus
 * the signal that ended the emulator. stop is the address whose execution is
 * the wanted end.
 */
OTA_CHECKED bool emulator_run(const struct ota_emulator *emulator,
                              const char *flash_file, uint32_t stop,
                              char **console, int *status,
                              struct ota_error *err);

#endif
