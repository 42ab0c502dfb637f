/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command line orders: the flash file, then key=value in any order.
 * Numbers are decimal, or 0x and hexadecimal. Keys that start with "app."
 * are for the program that runs and are passed over.
 */
#ifndef ROM_OPTIONS_H
#define ROM_OPTIONS_H

#include <stdint.h>

enum { STRAPS_LOADER = 1, STRAPS_FLASH = 3 };

struct options {
    const char *flash; /* path of the file */
    /* Flash operations are erases and page programs, counted from 1 over
     * all resets. 0: never. */
    uint32_t cut;    /* power fails inside this operation */
    uint32_t tear;   /* how the cut one ends: 0 not done, 1 done, else seed */
    uint32_t werr;   /* this page program fails, nothing done */
    uint32_t eerr;   /* this erase fails, nothing done */
    uint32_t wnop;   /* this page program does nothing and tells so nobody */
    uint32_t enop;   /* this erase, likewise */
    uint32_t reset;  /* more resets end the run */
    uint32_t ms;     /* more modelled time ends the run */
    uint32_t trace;  /* 1: a line for each flash operation */
    uint32_t id;     /* what the flash chip says it is; 0: by its size */
    uint32_t stop;   /* executing this address is the wanted end */
    uint32_t serial; /* inherited socket that is UART 0's line; 0: none */
    uint32_t straps; /* 3: boot from flash; 1: serial loader, needs a line */
    uint32_t mac;    /* last three bytes of the address in the fuses */
};

/* Ends the run when they are wrong. */
void options_read(void);
const struct options *options(void);

#endif
