/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An old second-stage boot, so that old devices can be tried without foreign
 * binaries. OLD_BOOT_VERSION 2 to 7 is boot 1.2 to 1.7: which flash maps it
 * knows, how it chooses a slot and what it does when that does not start are
 * those of the version.
 *
 * Left out: the SPI mode that boot 1.2 takes from the image, the test by a
 * GPIO of 1.6 and 1.7, maps of 256 KB.
 *
 * The ROM takes every chip for one of 4 MB, and boot 1.7 does not tell it
 * otherwise: on the larger maps it never gets at its parameters, and starts
 * user1 whatever they say. (NonOS SDK's reports 317 and 378 saw the same)
 * (measured on boot_v1.2, 1.3(b3), 1.4(b1), 1.5, 1.6 and 1.7)
 */
#include "chip/rom.h"
#include "old/boot/loader.h"
#include "old/boot/params.h"

/* Tools know an old boot by this text. */
#define TEXT_OF(value) #value
#define BANNER(version) "2nd boot version : 1." TEXT_OF(version)

static const int version = OLD_BOOT_VERSION;
enum { FIRST_WITH_RETRIES = 7, UNKNOWN_MAP = 7 };

/* Bits of the parameters' second byte: to try an image, zero when wanted. */
enum { TEST_WANTED = 0x20, TEST_UNWANTED = 0x40 };

void old_boot(void);

/* --- which image -------------------------------------------------------- */

/* What a version does not know is the smallest map for it. */
static const struct ota_flash_map *map_of(uint8_t code)
{
    const struct ota_flash_map *map = ota_flash_map_by_code(code);
    return map && ota_flash_map_boots(map, version) ? map : ota_flash_maps;
}

static uint8_t read_map_code(void)
{
    uint32_t header = 0;
    SPIRead(0, &header, sizeof(header));
    return (uint8_t)(header >> 28);
}

static uint32_t address_in(const struct old_params *params, int at)
{
    const uint8_t *p = params->bytes + at;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static bool wants_test(const struct old_params *params)
{
    uint8_t bits = params->bytes[1] & (TEST_WANTED | TEST_UNWANTED);
    return version > OTA_BOOT_VERSION_MIN && bits == TEST_WANTED;
}

static uint32_t slot_of(const struct ota_boot_params *params,
                        const struct ota_flash_map *map)
{
    int slot = ota_boot_params_slot(params);
    if (slot == 0) {
        ets_printf("no such slot: %d\n", params->usr_bin);
        return 0;
    }
    ets_printf("user%d, ", slot);
    return ota_flash_map_slot(map, slot);
}

/* 0 for none. */
static uint32_t choose(const struct old_params *raw,
                       const struct ota_flash_map *map)
{
    struct ota_boot_params params = old_params_decode(raw);
    if (wants_test(raw)) {
        ets_printf("test, ");
        return address_in(raw, OLD_PARAMS_FIRST);
    }
    if (version == OTA_BOOT_VERSION_MIN || params.is_enhanced)
        return slot_of(&params, map);
    ets_printf("by address, ");
    return address_in(raw,
                      params.status ? OLD_PARAMS_SECOND : OLD_PARAMS_FIRST);
}

/* --- when it does not start --------------------------------------------- */

_Noreturn static void restart(void)
{
    enum { PAUSE_US = 500 * 1000 };
    ets_delay_us(PAUSE_US);
    rom_software_reboot();
}

/* The count of attempts is kept in RTC memory over the resets. */
static bool may_try_again(void)
{
    enum { MARK = 0x5a5a5a00, MARK_BITS = ~0xff, DONE = 0x12345678 };
    volatile uint32_t *word = (volatile uint32_t *)0x600011dc;
    uint32_t count = (*word & (uint32_t)MARK_BITS) == MARK ? *word & 0xff : 0;
    *word = count < 3 ? MARK + count + 1 : DONE;
    return count < 3;
}

/* Returning leaves the device to the ROM, for ever. */
static void give_up_or_restart(struct old_params *params)
{
    ets_printf("no sound image\n");
    if (version == OTA_BOOT_VERSION_MIN || wants_test(params))
        return;
    if (version >= FIRST_WITH_RETRIES && may_try_again()) {
        ets_printf("once more\n");
        restart();
    }
    if (!old_params_decode(params).status)
        return;
    ets_printf("now the other one\n");
    old_params_mark_failed(params, version);
    restart();
}

void old_boot(void)
{
    /* Never cleared: a read that the ROM refuses leaves what stood there
     * before the reset. */
    static struct old_params params;
    uint8_t code = read_map_code();
    ets_printf("\n%s\nflash map %d\n", BANNER(OLD_BOOT_VERSION), code);
    if (version == OTA_BOOT_VERSION_MAX && code == UNKNOWN_MAP)
        return;
    const struct ota_flash_map *map = map_of(code);
    old_params_read(&params, map, version);
    old_params_adopt(&params, version);
    uint32_t address = choose(&params, map);
    if (address == 0)
        return;
    ets_printf("image at 0x%x\n", (unsigned)address);
    old_loader_start(address);
    give_up_or_restart(&params);
}
