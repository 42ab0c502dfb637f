/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections and symbols of a program for the chip: ELF, 32 bits, Xtensa,
 * little-endian.
 *
 * ota_elf_parse checks every section's bounds, so that what is found
 * afterwards lies inside the file.
 */
#ifndef OTATOOL_ELF_H
#define OTATOOL_ELF_H

#include "otatool/error.h"
#include <stddef.h>

struct ota_elf {
    const uint8_t *data; /* the whole file; borrowed */
    size_t size;
    uint32_t sections; /* offset of the section headers */
    uint16_t section_count;
    uint16_t names; /* index of the section with the sections' names */
};

struct ota_elf_section {
    uint32_t type;
    uint32_t flags;
    uint32_t address;
    const uint8_t *data; /* NULL for a section without bytes in the file */
    uint32_t size;
    uint32_t link;
};

/* Where a global symbol lies, as nm tells it by a letter. */
enum ota_elf_place {
    OTA_ELF_CODE,     /* T */
    OTA_ELF_ABSOLUTE, /* A */
};

/* Borrows data. err->subject is not set. */
OTA_CHECKED bool ota_elf_parse(struct ota_elf *elf, const void *data,
                               size_t size, struct ota_error *err);

/* The first section of a name; false: there is none. */
bool ota_elf_section(const struct ota_elf *elf, const char *name,
                     struct ota_elf_section *section);

/* The value of a global symbol that lies in the place; false: none does. */
bool ota_elf_symbol(const struct ota_elf *elf, const char *name,
                    enum ota_elf_place place, uint32_t *value);

#endif
