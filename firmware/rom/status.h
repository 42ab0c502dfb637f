/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a run of the emulated device ends: the exit status of QEMU. The host's
 * simulator reads this header as well.
 */
#ifndef ROM_STATUS_H
#define ROM_STATUS_H

enum rom_status {
    ROM_OK = 0,             /* app entry reached, or a program's wish */
    ROM_ARGUMENTS = 2,      /* of the command line */
    ROM_OLD_FIRMWARE = 60,  /* a rehearsal's old firmware runs again */
    ROM_POWER_CUT = 77,     /* cut=N: as ordered */
    ROM_SPINS = 78,         /* from the plugin: one block without end */
    ROM_NARROW = 79,        /* from the plugin: access the chip refuses */
    ROM_LINE = 89,          /* the serial line is gone */
    ROM_SPI_COMMAND = 90,   /* a flash command that is not modelled */
    ROM_FLASH_FILE = 91,    /* cannot be read or written any more */
    ROM_CHECKSUM = 92,      /* of the image at 0 */
    ROM_NO_IMAGE = 93,      /* at 0 */
    ROM_BAD_SEGMENT = 94,   /* of the image at 0: outside the memory */
    ROM_RETURNED = 95,      /* the image's entry came back */
    ROM_RESETS = 96,        /* more than reset=N */
    ROM_UNKNOWN_ENTRY = 97, /* an address of the ROM that has no function */
    ROM_TIME = 98,          /* more modelled time than ms=N */
    ROM_EXCEPTION = 99,     /* of the program that runs */
};

#endif
