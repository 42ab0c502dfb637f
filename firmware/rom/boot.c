/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the mask ROM does at a reset: loads the image at flash offset 0 into
 * RAM, proves its checksum and gives its entry. (docs: image format of
 * ESP8266, first generation)
 */
#include "chip/rom.h"
#include "rom/clock.h"
#include "rom/console.h"
#include "rom/flash.h"
#include "rom/interrupts.h"
#include "rom/loader.h"
#include "rom/options.h"
#include "rom/power.h"
#include "rom/registers.h"
#include "rom/semihosting.h"
#include "rom/spi.h"
#include "rom/start.h"
#include "rom/stop.h"
#include "rom/uart.h"
#include "rom/window.h"
#include <stdbool.h>
#include <string.h>

enum {
    IMAGE_MAGIC = 0xe9,
    CHECKSUM_START = 0xef,
    HEADER_SIZE = 8,
    MOST_SEGMENTS = 16,
};

enum {
    IRAM = 0x40100000,
    IRAM_END = 0x40110000,
    DRAM = 0x3ffe8000,
    DRAM_END = 0x3fffc000, /* the ROM's own memory follows */
    DRAM_CHIP_END = 0x40000000,
};

struct header {
    uint8_t magic;
    uint8_t segments;
    uint8_t mode;
    uint8_t size_and_speed;
    uint32_t entry;
};

struct segment {
    uint32_t address;
    uint32_t size;
};

/* RAM of a chip that had no power holds anything, but the same each time. */
static void fill_with_junk(uint32_t from, uint32_t to)
{
    for (; from < to; from += 4)
        *(uint32_t *)from = from * 0x9e3779b1u;
}

/* Each access to the peripherals' region shall be an exception: its
 * attribute in the CPU's table becomes "no access". */
static void close_peripherals(void)
{
    enum { REGION = 0x60000000, NO_ACCESS = 15 };
    __asm__ volatile("wdtlb %0, %1\n\tdsync" ::"r"(NO_ACCESS), "r"(REGION));
}

static void power_on(void)
{
    options_read();
    flash_open(options()->flash);
    fill_with_junk(DRAM, DRAM_CHIP_END);
    fill_with_junk(IRAM, IRAM_END);
    registers_power_on();
}

static bool is_within(const struct segment *segment, uint32_t from, uint32_t to)
{
    return segment->address >= from && segment->address <= to &&
           segment->size <= to - segment->address;
}

static uint8_t load_segment(uint32_t *offset, uint8_t checksum)
{
    struct segment segment;
    flash_read(*offset, &segment, sizeof(segment));
    *offset += sizeof(segment);
    console_say("load 0x%08x, %u bytes", (unsigned)segment.address,
                (unsigned)segment.size);
    if (((segment.address | segment.size) & 3) != 0 ||
        (!is_within(&segment, IRAM, IRAM_END) &&
         !is_within(&segment, DRAM, DRAM_END)))
        power_end(ROM_BAD_SEGMENT);
    uint8_t *bytes = (uint8_t *)segment.address;
    flash_read(*offset, bytes, segment.size);
    for (uint32_t i = 0; i < segment.size; i++)
        checksum ^= bytes[i];
    *offset += segment.size;
    return checksum;
}

/* The checksum is the last byte before the next multiple of 16. */
static void prove_checksum(uint32_t offset, uint8_t checksum)
{
    uint8_t tail[4];
    flash_read((offset & ~UINT32_C(15)) + 12, tail, sizeof(tail));
    if (tail[3] == checksum)
        return;
    console_say("checksum 0x%02x, expected 0x%02x", checksum, tail[3]);
    power_end(ROM_CHECKSUM);
}

static uint32_t load_image(void)
{
    struct header header;
    uint32_t offset = HEADER_SIZE;
    uint8_t checksum = CHECKSUM_START;
    flash_read(0, &header, sizeof(header));
    if (header.magic != IMAGE_MAGIC || header.segments > MOST_SEGMENTS) {
        console_say("no image at 0: it starts with 0x%02x, 0x%02x",
                    header.magic, header.segments);
        power_end(ROM_NO_IMAGE);
    }
    for (uint8_t i = 0; i < header.segments; i++)
        checksum = load_segment(&offset, checksum);
    prove_checksum(offset, checksum);
    console_say("entry 0x%08x", (unsigned)header.entry);
    return header.entry;
}

uint32_t boot_from_flash(void)
{
    uint32_t entry = load_image();
    stop_set();
    return entry;
}

/* What the chip's ROM prints on the line: the cause and the straps. */
static void greet(void)
{
    enum { CARD_STRAPS = 6 };
    if (uart_has_line())
        ets_printf("\r\n ets Jan  8 2013,rst cause:%u, boot mode:(%u,%u)\r\n"
                   "\r\n",
                   (unsigned)registers_cause(), (unsigned)options()->straps,
                   (unsigned)CARD_STRAPS);
}

static uint32_t run_loader(void)
{
    console_say("reset %u, serial loader", (unsigned)power_resets());
    return loader_run();
}

uint32_t boot(uint32_t cause)
{
    bool is_power_on = cause == 0;
    if (is_power_on)
        power_on();
    close_peripherals();
    registers_reset(is_power_on ? CAUSE_POWER_ON : cause);
    clock_reset();
    console_reset();
    uart_reset();
    interrupts_reset();
    window_reset();
    spi_reset();
    greet();
    uint32_t entry = options()->straps == STRAPS_LOADER ? run_loader() : 0;
    if (entry != 0)
        return entry;
    console_say("reset %u, cause %u, boot from flash of %u KB, at %u ms",
                (unsigned)power_resets(), (unsigned)registers_cause(),
                (unsigned)(flash_size() / 1024), (unsigned)clock_ms());
    return boot_from_flash();
}

void boot_returned(void)
{
    console_say("the image's entry returned");
    power_end(ROM_RETURNED);
}
