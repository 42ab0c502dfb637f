/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU with the stand-in ROM, and the socket that is its serial line. */
#ifndef TEST_EMULATED_CHIP_H
#define TEST_EMULATED_CHIP_H

#include <sys/types.h>

struct emulated_chip {
    const char *rom;   /* path of its ELF file */
    const char *flash; /* of the flash's */
    char **options;    /* key=value up to NULL or "--", then QEMU's; those
                          that begin with "line." are not for the chip */
    pid_t pid;         /* 0: not running */
    int line;          /* while it runs; does not block */
};

/* straps NULL: as the options have them. Ends the process where it fails. */
void emulated_chip_start(struct emulated_chip *chip, const char *straps);

void emulated_chip_stop(struct emulated_chip *chip);

/* It closed its end: its run is over, and nothing more comes until it is
 * started again. How it ended goes to standard error. */
void emulated_chip_bury(struct emulated_chip *chip);

#endif
