/* SPDX-License-Identifier: Apache-2.0 */
#include "flasher_fixture.h"
#include <stdlib.h>
#include <string.h>

enum { BAUD = 460800, ATTEMPTS = 4, LARGEST = 20 * 4096 };

/* An image of one segment for RAM, as a stub is. */
static uint8_t stub[32];

static void build_stub(void)
{
    static const uint8_t code[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const struct ota_image_part part = {0x40100000, code, sizeof(code)};
    const struct ota_image_plan plan = {
        .entry = 0x40100000,
        .parts = &part,
        .part_count = 1,
        .segment_count = 1,
    };
    if (!ota_image_build(&plan, 0, stub, sizeof(stub), NULL))
        abort();
}

static void add(struct flasher_fixture *fixture, uint32_t address,
                uint32_t size, uint32_t seed)
{
    static uint8_t data[LARGEST];
    for (uint32_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (uint8_t)(i % 3 ? seed >> 24 : i / 64);
    }
    if (!ota_flash_plan_add(&fixture->plan, "part", address, data, size, NULL))
        abort();
    const struct ota_flash_part *part =
        &fixture->plan.parts[fixture->plan.count - 1];
    memcpy(fixture->expected + address, part->data, part->size);
}

void flasher_fixture_init(struct flasher_fixture *fixture, bool with_stub)
{
    memset(fixture, 0, sizeof(*fixture));
    build_stub();
    fake_chip_init(&fixture->chip, FIXTURE_FLASH);
    for (uint32_t i = 0; i < FIXTURE_FLASH; i++)
        fixture->chip.flash[i] = (uint8_t)(i * 7 + i / 4096);
    memcpy(fixture->expected, fixture->chip.flash, FIXTURE_FLASH);
    fixture->line.chip = &fixture->chip;
    fixture->options = (struct ota_flasher_options){
        .attempts = ATTEMPTS,
        .baud = BAUD,
        .stub = with_stub ? stub : NULL,
        .stub_size = sizeof(stub),
    };
    add(fixture, 0x7000, 9 * 4096 + 100, 1);
    add(fixture, 0, 3 * 4096, 2);
    add(fixture, 0x5000, 4096, 3);
    if (!ota_flash_plan_seal(&fixture->plan, NULL))
        abort();
}

void flasher_fixture_release(struct flasher_fixture *fixture)
{
    ota_flash_plan_release(&fixture->plan);
    fake_chip_release(&fixture->chip);
}

enum ota_code flasher_fixture_run(struct flasher_fixture *fixture)
{
    struct ota_error err = {0};
    struct ota_port port = fake_line_port(&fixture->line);
    bool ok =
        ota_flasher_open(&fixture->flasher, &port, &fixture->options, &err) &&
        ota_flasher_write(&fixture->flasher, &fixture->plan, &fixture->job,
                          &fixture->result, &err);
    ota_flasher_close(&fixture->flasher, ok);
    return ok ? OTA_OK : err.code;
}

bool flasher_fixture_is_right(const struct flasher_fixture *fixture)
{
    return memcmp(fixture->chip.flash, fixture->expected, FIXTURE_FLASH) == 0;
}
