/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: connecting, identifying, recovering. */
#include "otatool/flasher.h"
#include "flasher_parts.h"
#include "loader_parts.h"
#include <string.h>

/* The chip's own words. (esptool, targets/esp8266.py) */
enum {
    CHIP_MARK_AT = 0x40001000,
    FUSES_AT = 0x3ff00050,
    FUSES = 4,
    TRIES = 6,
};
#define CHIP_MARK UINT32_C(0xfff0c101)

void flasher_progress(struct ota_flasher *flasher, enum ota_flasher_stage stage,
                      uint32_t done, uint32_t total)
{
    if (flasher->options.progress)
        flasher->options.progress(flasher->options.context, stage, done, total);
}

/* --- identifying --- */

/* No checksum protects an answer: two that agree are believed. */
static bool read_surely(struct ota_loader *loader, uint32_t address,
                        uint32_t *value, struct ota_error *err)
{
    uint32_t before = 0;
    for (int i = 0; i < TRIES; i++) {
        if (!ota_loader_read_word(loader, address, value, err))
            return false;
        if (i > 0 && *value == before)
            return true;
        before = *value;
    }
    return ota_fail(err, OTA_E_LOADER_NOISE);
}

static const char *other_chip(uint32_t mark)
{
    static const struct {
        uint32_t mark;
        const char *name;
    } others[] = {
        {0x00f01d83, "it is an ESP32"},    {0x000007c6, "it is an ESP32-S2"},
        {0x00000009, "it is an ESP32-S3"}, {0x6921506f, "it is an ESP32-C3"},
        {0x1b31506f, "it is an ESP32-C3"}, {0x4881606f, "it is an ESP32-C3"},
        {0x4361606f, "it is an ESP32-C3"}, {0x6f51306f, "it is an ESP32-C2"},
        {0x7c41a06f, "it is an ESP32-C2"}, {0x2ce0806f, "it is an ESP32-C6"},
        {0xd7b73e80, "it is an ESP32-H2"},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i].mark == mark)
            return others[i].name;
    return NULL;
}

static bool check_chip(struct ota_loader *loader, struct ota_error *err)
{
    uint32_t mark;
    if (!read_surely(loader, CHIP_MARK_AT, &mark, err))
        return false;
    return mark == CHIP_MARK ||
           ota_fail(err, OTA_E_LOADER_CHIP, .expected = CHIP_MARK,
                    .actual = mark, .detail = other_chip(mark));
}

/* The maker's half of the address stands in the fuses only for chips that
 * are not of the first two series. */
static void find_mac(struct ota_chip *chip, const uint32_t fuses[FUSES])
{
    uint32_t maker = fuses[3] & 0xffffff;
    uint32_t series = fuses[1] >> 16 & 0xff;
    if (maker == 0)
        maker = series == 0 ? 0x18fe34 : 0xacd074;
    chip->has_mac = fuses[3] != 0 || series < 2;
    chip->mac[0] = (uint8_t)(maker >> 16);
    chip->mac[1] = (uint8_t)(maker >> 8);
    chip->mac[2] = (uint8_t)maker;
    chip->mac[3] = (uint8_t)(fuses[1] >> 8);
    chip->mac[4] = (uint8_t)fuses[1];
    chip->mac[5] = (uint8_t)(fuses[0] >> 24);
}

static bool read_fuses(struct ota_loader *loader, struct ota_chip *chip,
                       struct ota_error *err)
{
    uint32_t fuses[FUSES];
    for (uint32_t i = 0; i < FUSES; i++)
        if (!read_surely(loader, FUSES_AT + 4 * i, &fuses[i], err))
            return false;
    chip->id = fuses[0] >> 24 | (fuses[1] & 0xffffff) << 8;
    chip->is_esp8285 = (fuses[0] & 1 << 4) || (fuses[2] & 1 << 16);
    find_mac(chip, fuses);
    return true;
}

static bool read_flash_id(struct ota_loader *loader, struct ota_chip *chip,
                          struct ota_error *err)
{
    enum { LEAST = 18, MOST = 24 }; /* 256 KB to 16 MB, all that is mapped */
    if (!ota_loader_flash_id(loader, &chip->flash_id, err))
        return false;
    uint32_t power = chip->flash_id >> 16;
    if (chip->flash_id == 0 || chip->flash_id == 0xffffff)
        return ota_fail(err, OTA_E_FLASH_ID, .actual = chip->flash_id);
    if (power < LEAST || power > 2 * MOST)
        return ota_fail(err, OTA_E_FLASH_KIND, .actual = chip->flash_id);
    chip->flash_size = UINT32_C(1) << (power < MOST ? power : MOST);
    return true;
}

/* --- setting up --- */

/* From the ROM's loader to the stub at full speed, or wherever it was. */
static bool set_up(struct ota_flasher *flasher, struct ota_error *err)
{
    struct ota_loader *loader = &flasher->loader;
    const struct ota_flasher_options *options = &flasher->options;
    if (!options->stub)
        return ota_loader_attach(loader, err);
    return ota_loader_run_stub(loader, options->stub, options->stub_size,
                               err) &&
           ota_loader_change_baud(loader, options->baud, err);
}

static bool use_speed(struct ota_loader *loader, uint32_t baud,
                      struct ota_error *err)
{
    struct ota_port *port = loader->port;
    loader->baud = baud;
    return !port->set_speed || port->set_speed(port->context, baud, err);
}

static bool connect_anew(struct ota_flasher *flasher, struct ota_error *err)
{
    struct ota_loader *loader = &flasher->loader;
    struct ota_port *port = loader->port;
    if (!use_speed(loader, LOADER_START_BAUD, err))
        return false;
    if (ota_loader_connect(loader, flasher->options.reset,
                           flasher->options.attempts, err))
        return true;
    /* A stub that was left running may still have the other speed. */
    struct ota_error other;
    if (err->code == OTA_E_SERIAL_LOST || loader->has_lines ||
        !port->set_speed || !use_speed(loader, flasher->options.baud, &other))
        return false;
    return ota_loader_sync(loader, &other);
}

/* Some failures will be the same next time, some are told once more. */
static bool is_final(struct ota_flasher *flasher,
                     const struct ota_error *failure)
{
    switch (failure->code) {
    case OTA_E_SERIAL_LOST:
    case OTA_E_SERIAL_SPEED:
    case OTA_E_MEMORY:
    case OTA_E_LOADER_CHIP:
    case OTA_E_LOADER_LOST:
    case OTA_E_FLASH_ID:
    case OTA_E_FLASH_KIND:
        return true;
    case OTA_E_LOADER_STUB:
    case OTA_E_LOADER_BAUD:
        return flasher->refusals++ > 0;
    default:
        return false;
    }
}

static bool recover(struct ota_flasher *flasher,
                    const struct ota_error *failure, struct ota_error *err)
{
    struct ota_loader *loader = &flasher->loader;
    flasher->recoveries++;
    if (ota_loader_sync(loader, err))
        return set_up(flasher, err);
    if (err->code == OTA_E_SERIAL_LOST)
        return false;
    if (flasher->options.reset != OTA_LOADER_RESET_NONE && loader->has_lines)
        return connect_anew(flasher, err) && set_up(flasher, err);
    if (failure->code == OTA_E_LOADER_BAUD)
        return ota_error_set(err, *failure);
    return ota_fail(err, OTA_E_LOADER_LOST);
}

bool flasher_retry(struct ota_flasher *flasher, flasher_step *step,
                   void *context, struct ota_error *err)
{
    struct ota_error failure;
    bool is_ready = true;
    for (int i = 0; i < TRIES; i++) {
        if (is_ready && step(flasher, context, &failure))
            return true;
        if (is_final(flasher, &failure))
            break;
        struct ota_error reason = failure;
        is_ready = recover(flasher, &reason, &failure);
    }
    return ota_error_set(err, failure);
}

static bool identify(struct ota_flasher *flasher, void *context,
                     struct ota_error *err)
{
    (void)context;
    struct ota_loader *loader = &flasher->loader;
    return check_chip(loader, err) && set_up(flasher, err) &&
           read_fuses(loader, &flasher->chip, err) &&
           read_flash_id(loader, &flasher->chip, err);
}

bool ota_flasher_open(struct ota_flasher *flasher, struct ota_port *port,
                      const struct ota_flasher_options *options,
                      struct ota_error *err)
{
    struct ota_error own;
    err = err ? err : &own;
    memset(flasher, 0, sizeof(*flasher));
    flasher->options = *options;
    flasher->port = *port;
    ota_loader_init(&flasher->loader, &flasher->port);
    return connect_anew(flasher, err) &&
           flasher_retry(flasher, identify, NULL, err);
}

void ota_flasher_close(struct ota_flasher *flasher, bool restarts)
{
    struct ota_error ignored;
    bool is_open = flasher->port.close != NULL;
    /* One that was never heard cannot be asked to. */
    restarts &= flasher->loader.has_lines || flasher->chip.flash_size > 0;
    if (is_open && restarts)
        ota_loader_restart(&flasher->loader);
    else if (is_open && flasher->loader.is_stub &&
             !ota_loader_change_baud(&flasher->loader, LOADER_START_BAUD,
                                     &ignored))
        flasher->loader.is_stub = false; /* whoever comes next finds out */
    ota_port_close(&flasher->port);
}
