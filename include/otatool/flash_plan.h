/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to lie where in a device's flash: parts of whole sectors, from
 * files, a build folder or a pack.
 */
#ifndef OTATOOL_FLASH_PLAN_H
#define OTATOOL_FLASH_PLAN_H

#include "otatool/error.h"
#include "otatool/flash_map.h"
#include "otatool/partition_table.h"
#include <stddef.h>

enum { OTA_FLASH_PLAN_PARTS = 40 };

struct ota_flash_part {
    const char *name; /* for errors; borrowed */
    uint32_t address; /* of a sector */
    uint32_t size;    /* whole sectors, the last filled up with 0xFF */
    uint32_t used;    /* bytes of it that were given */
    uint8_t *data;    /* owned */
};

/* All zero is empty. Sealed: sorted, and no two parts share a sector. */
struct ota_flash_plan {
    struct ota_flash_part parts[OTA_FLASH_PLAN_PARTS];
    size_t count;
};

void ota_flash_plan_release(struct ota_flash_plan *plan);

/* Adds a copy of data. Fails with OTA_E_FLASH_ADDRESS where address is not
 * that of a sector. */
OTA_CHECKED bool ota_flash_plan_add(struct ota_flash_plan *plan,
                                    const char *name, uint32_t address,
                                    const uint8_t *data, uint32_t size,
                                    struct ota_error *err);

/*
 * Adds what a pack holds at the places where it lies once a device has
 * migrated, with the bootloader at 0, where the chip starts it without an
 * old boot before it. What the pack leaves blank becomes blank, and otadata
 * too where it lies outside of the pack: the device starts ota_0. A stamp for
 * a slot in the bootloader's header, which would stand for a speed, gives way
 * to 40 MHz and the flash size of the app's header.
 */
OTA_CHECKED bool ota_flash_plan_add_pack(struct ota_flash_plan *plan,
                                         const char *name, const uint8_t *data,
                                         size_t size, struct ota_error *err);

/* Sorts, and fails with OTA_E_FLASH_OVERLAP where parts share a sector. */
OTA_CHECKED bool ota_flash_plan_seal(struct ota_flash_plan *plan,
                                     struct ota_error *err);

/*
 * Refuses images that would not start: a wrong checksum, an app linked for
 * another place than its own.
 */
OTA_CHECKED bool ota_flash_plan_verify(const struct ota_flash_plan *plan,
                                       struct ota_error *err);

/* What the header of the image at 0 says of the flash chip. */
enum { OTA_FLASH_KEEP = -1, OTA_FLASH_DETECT = -2 };

struct ota_flash_header {
    int mode;      /* enum ota_flash_mode, or OTA_FLASH_KEEP */
    int frequency; /* the header's code, or OTA_FLASH_KEEP */
    int size;      /* the header's code, OTA_FLASH_KEEP, OTA_FLASH_DETECT */
};

/* The codes by name, dio, 40m, 4MB; false for one that is none. */
bool ota_flash_header_mode(const char *name, int *mode);
bool ota_flash_header_frequency(const char *name, int *frequency);
bool ota_flash_header_size(const char *name, int *size);

/*
 * Checks that all parts lie in a flash of so many bytes, then patches the
 * header of the image at 0, if there is one, and makes its digest anew where
 * it had a right one. A header that is kept and tells of a larger flash is
 * refused with OTA_E_FLASH_HEADER: the chip would not start.
 */
OTA_CHECKED bool ota_flash_plan_fit(struct ota_flash_plan *plan,
                                    const struct ota_flash_header *header,
                                    uint32_t flash_size, struct ota_error *err);

/* The planned content of the sector at an offset, or NULL. */
const uint8_t *ota_flash_plan_sector(const struct ota_flash_plan *plan,
                                     uint32_t offset);

/* Bytes of all parts, whole sectors. */
uint32_t ota_flash_plan_size(const struct ota_flash_plan *plan);

#endif
