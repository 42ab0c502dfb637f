/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A NOR flash in memory, for the engines that write one: erase sets the bits
 * of a sector, write only clears bits, and one operation of many can go
 * wrong.
 *
 * Operations are writes and erases, counted from 1; reads are not counted
 * among them.
 */
#ifndef OTATOOL_TESTS_NOR_FLASH_H
#define OTATOOL_TESTS_NOR_FLASH_H

#include "otatool/flash.h"

enum { NOR_FLASH_SECTORS = 4096 }; /* at most 16 MB */

struct nor_flash {
    struct ota_flash flash; /* for the engines; its context is this struct */
    uint8_t *data;
    uint32_t operations; /* writes and erases since the last power-on */
    uint32_t writes;
    uint32_t erases;
    uint32_t reads;
    uint16_t wear[NOR_FLASH_SECTORS]; /* erases of each sector, for ever */
    /* Faults; 0: never. */
    uint32_t cut_at;        /* the operation in which the power is lost */
    uint32_t cut_quarters;  /* 0 to 4: how much of it was done by then */
    uint32_t silent_at;     /* does nothing and says it did */
    uint32_t failing_at;    /* does nothing and fails */
    uint32_t unreadable_at; /* the read, counted from 1, that fails */
    uint32_t worn_sector;   /* index + 1: its first bit cannot be set again */
    /* After a cut everything fails until the next power-on. */
    bool is_off;
};

/* size bytes, all erased. */
void nor_flash_init(struct nor_flash *nor, uint32_t size);

/* A flash of its own with the same content, without faults. */
void nor_flash_copy(struct nor_flash *nor, const struct nor_flash *from);

/* The power returns: counts begin anew, the faults are gone. */
void nor_flash_power_on(struct nor_flash *nor);

/* Content put there by hand, erases included; not counted. */
void nor_flash_put(struct nor_flash *nor, uint32_t offset, const void *data,
                   uint32_t size);

void nor_flash_release(struct nor_flash *nor);

#endif
