/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Left out: what needs a pin or a counter outside of the flash. Boot 1.7
 * tries an image three times more before it gives up; from the same flash
 * that ends the same.
 */
#include "otatool/old_device.h"
#include "otatool/boot_params.h"
#include "otatool/image.h"
#include <string.h>

enum {
    PARAMS_SIZE = 8,
    FIRST_ADDRESS = 2, /* of three bytes each, in the parameters */
    SECOND_ADDRESS = 5,
    STATUS_BIT = 0x04,
    USR_BITS = 0x03,
    VERSION_BITS = 0x1f,
    TEST_WANTED = 0x20,
    TEST_UNWANTED = 0x40,
    MAP_BYTE = 3,
    LAST_VERSION = OTA_BOOT_VERSION_MAX,
    UNKNOWN_MAP = 7,
};

/* The ROM takes every chip for one of this size. */
#define ROM_FLASH_SIZE 0x400000u

struct old_boot {
    const struct ota_flash *flash;
    uint8_t version;
    const struct ota_flash_map *map;
    uint8_t params[PARAMS_SIZE];
    uint32_t start; /* of the four sectors */
    bool is_second; /* the second copy counts */
};

/* --- the flash, through the ROM ----------------------------------------- */

static bool reaches(const struct old_boot *boot, uint32_t offset, uint32_t size)
{
    return offset <= ROM_FLASH_SIZE && size <= ROM_FLASH_SIZE - offset &&
           offset <= boot->flash->size && size <= boot->flash->size - offset;
}

/* What cannot be read leaves data as they are. */
static void read_words(const struct old_boot *boot, uint32_t offset, void *data,
                       uint32_t size)
{
    uint32_t words[OTA_SECTOR_SIZE / 4];
    if (reaches(boot, offset, size) &&
        boot->flash->read(boot->flash->context, offset, words, size, NULL))
        memcpy(data, words, size);
}

static void replace(const struct old_boot *boot, uint32_t offset,
                    const void *data, uint32_t size)
{
    uint32_t words[OTA_SECTOR_SIZE / 4];
    const struct ota_flash *flash = boot->flash;
    if (!reaches(boot, offset, OTA_SECTOR_SIZE))
        return;
    memcpy(words, data, size);
    bool is_done = flash->erase(flash->context, offset, NULL);
    is_done = flash->write(flash->context, offset, words, size, NULL);
    (void)is_done;
}

/* --- parameters --------------------------------------------------------- */

static bool is_1_2(const struct old_boot *boot)
{
    return boot->version == OTA_BOOT_VERSION_MIN;
}

static uint32_t copy_at(const struct old_boot *boot, bool second)
{
    return boot->start + (second ? 2 : 1) * OTA_SECTOR_SIZE;
}

static uint32_t flag_at(const struct old_boot *boot)
{
    return boot->start + 3 * OTA_SECTOR_SIZE;
}

static void read_params(struct old_boot *boot)
{
    uint8_t flag[4] = {0};
    boot->start = ota_flash_map_parameters(boot->map);
    read_words(boot, flag_at(boot), flag, sizeof(flag));
    boot->is_second = flag[0] != 0;
    read_words(boot, copy_at(boot, boot->is_second), boot->params, PARAMS_SIZE);
    if (is_1_2(boot) && boot->params[0] == 0xff)
        boot->params[0] = 0;
}

/* Into the copy that does not count; then the flag makes it count. Boots
 * after 1.2 take the rest of the sector along. */
static void save_params(struct old_boot *boot)
{
    uint8_t sector[OTA_SECTOR_SIZE] = {0};
    uint8_t flag[4] = {0};
    uint32_t size = is_1_2(boot) ? PARAMS_SIZE : OTA_SECTOR_SIZE;
    read_words(boot, copy_at(boot, boot->is_second), sector, size);
    memcpy(sector, boot->params, PARAMS_SIZE);
    replace(boot, copy_at(boot, !boot->is_second), sector, size);
    read_words(boot, flag_at(boot), flag, sizeof(flag));
    boot->is_second = !boot->is_second;
    flag[0] = boot->is_second;
    replace(boot, flag_at(boot), flag, sizeof(flag));
}

static void adopt_1_2(struct old_boot *boot)
{
    if (boot->params[1] == OTA_BOOT_VERSION_MIN)
        return;
    boot->params[1] = OTA_BOOT_VERSION_MIN;
    save_params(boot);
}

/* Parameters of another boot are not believed. */
static void adopt(struct old_boot *boot)
{
    bool is_mine = (boot->params[1] & VERSION_BITS) == boot->version;
    if (is_mine && (boot->params[0] & USR_BITS) != USR_BITS)
        return;
    memset(boot->params, 0xff, PARAMS_SIZE);
    boot->params[0] = (uint8_t)~USR_BITS;
    boot->params[1] = (uint8_t)(~VERSION_BITS | boot->version);
    save_params(boot);
}

/* --- which image -------------------------------------------------------- */

static uint8_t read_map_code(const struct old_boot *boot)
{
    uint8_t header[4] = {0};
    read_words(boot, 0, header, sizeof(header));
    return header[MAP_BYTE] >> 4;
}

/* What a version does not know is the smallest map for it. */
static const struct ota_flash_map *map_of(const struct old_boot *boot,
                                          uint8_t code)
{
    const struct ota_flash_map *map = ota_flash_map_by_code(code);
    return map && ota_flash_map_boots(map, boot->version) ? map
                                                          : ota_flash_maps;
}

static uint32_t address_in(const struct old_boot *boot, int at)
{
    const uint8_t *p = boot->params + at;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static bool wants_test(const struct old_boot *boot)
{
    uint8_t bits = boot->params[1] & (TEST_WANTED | TEST_UNWANTED);
    return !is_1_2(boot) && bits == TEST_WANTED;
}

/* 0 for none. */
static uint32_t choose(const struct old_boot *boot)
{
    struct ota_boot_params params =
        ota_boot_params_decode(boot->params[0], boot->params[1]);
    if (wants_test(boot))
        return address_in(boot, FIRST_ADDRESS);
    if (!is_1_2(boot) && !params.is_enhanced)
        return address_in(boot, params.status ? SECOND_ADDRESS : FIRST_ADDRESS);
    int slot = ota_boot_params_slot(&params);
    return slot == 0 ? 0 : ota_flash_map_slot(boot->map, slot);
}

/* --- starting it -------------------------------------------------------- */

/* Where the image is that is loaded; false where nothing looks like one. */
static bool find_image(const struct old_boot *boot, uint32_t offset,
                       uint32_t *image)
{
    uint8_t head[16] = {0};
    read_words(boot, offset, head, sizeof(head));
    uint32_t first = head[12] | (uint32_t)head[13] << 8 |
                     (uint32_t)head[14] << 16 | (uint32_t)head[15] << 24;
    *image = offset;
    if (head[0] == OTA_IMAGE_MAGIC)
        return true;
    if (head[0] != OTA_IMAGE_CONTAINER_MAGIC ||
        head[1] != OTA_IMAGE_CONTAINER_COUNT || first == 0 ||
        first > boot->flash->size)
        return false;
    *image = offset + 16 + first;
    memset(head, 0, sizeof(head));
    if (*image % 4 == 0)
        read_words(boot, *image, head, 4);
    return head[0] == OTA_IMAGE_MAGIC;
}

static enum ota_old_boot_end give_up(struct old_boot *boot)
{
    if (is_1_2(boot) || wants_test(boot) || !(boot->params[0] & STATUS_BIT))
        return OTA_OLD_BOOT_STOPS;
    boot->params[0] &= (uint8_t)~STATUS_BIT;
    save_params(boot);
    return OTA_OLD_BOOT_RESTARTS;
}

static enum ota_old_boot_end start_image(struct old_boot *boot, uint32_t offset)
{
    struct ota_source source = ota_flash_source(boot->flash);
    struct ota_image image;
    uint32_t at;
    if (!find_image(boot, offset, &at))
        return give_up(boot);
    return ota_image_verify(&image, &source, at, NULL) ? OTA_OLD_BOOT_STARTS
                                                       : OTA_OLD_BOOT_CRASHES;
}

enum ota_old_boot_end ota_old_device_start(const struct ota_flash *flash,
                                           uint8_t version, uint32_t *offset)
{
    struct old_boot boot = {.flash = flash, .version = version};
    uint8_t code = read_map_code(&boot);
    if (version == LAST_VERSION && code == UNKNOWN_MAP)
        return OTA_OLD_BOOT_STOPS;
    boot.map = map_of(&boot, code);
    read_params(&boot);
    if (is_1_2(&boot))
        adopt_1_2(&boot);
    else
        adopt(&boot);
    *offset = choose(&boot);
    if (*offset == 0 || *offset % 4 != 0 || *offset >= flash->size)
        return OTA_OLD_BOOT_STOPS;
    return start_image(&boot, *offset);
}
