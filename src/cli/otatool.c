/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of otatool. */
#include "command.h"

const struct command commands[] = {
    {"pack", "put a new SDK's firmware into one file for old devices",
     cmd_pack},
    {"inspect", "tell what files are, part by part", cmd_inspect},
    {"verify", "judge a file, a served URL or a flash dump", cmd_verify},
    {"simulate", "rehearse a pack on every kind of old device", cmd_simulate},
    {"partition-table", "turn a partition table from CSV to binary or back",
     cmd_partition_table},
    {"otadata", "show or switch the OTA slot that starts", cmd_otadata},
    {"flash", "write a device's flash by cable", cmd_flash},
    {"verify-flash", "compare a device's flash with what it should hold",
     cmd_verify_flash},
    {"read-flash", "read a device's flash into a file", cmd_read_flash},
    {"erase-flash", "erase a device's whole flash", cmd_erase_flash},
    {"erase-region", "erase a part of a device's flash", cmd_erase_region},
    {"chip-info", "tell what chip is at a port and what it holds",
     cmd_chip_info},
    {"monitor", "show what a device prints, and what it means", cmd_monitor},
    {"serve", "serve firmware to old and new devices", run_network_command},
    {"fetch", "download with resume and check, as a device would",
     run_network_command},
    {0},
};
