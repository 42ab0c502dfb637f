/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of otatool. */
#include "command.h"

const struct command commands[] = {
    {"pack", "put a new SDK's firmware into one file for old devices",
     cmd_pack},
    {"serve", "serve firmware to old and new devices", run_network_command},
    {"fetch", "download with resume and check, as a device would",
     run_network_command},
    {0},
};
