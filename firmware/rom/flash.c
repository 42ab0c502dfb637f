/* SPDX-License-Identifier: Apache-2.0 */
/* Times are typical ones of the data sheets of W25Q and GD25Q chips. */
#include "rom/flash.h"
#include "rom/clock.h"
#include "rom/console.h"
#include "rom/faults.h"
#include "rom/options.h"
#include "rom/power.h"
#include "rom/semihosting.h"
#include "rom/window.h"
#include <string.h>

enum {
    SECTOR_ERASE_US = 45000,
    BLOCK_ERASE_US = 200000,
    PROGRAM_US = 700,
    READ_BYTES_A_US = 4,
    /* Winbond's; the SDKs only look at the capacity in bits 16 to 23. */
    ID_MAKER_AND_TYPE = 0x0040ef,
};

static struct {
    int32_t file;
    uint32_t size;
    struct flash_counts counts;
    uint32_t before[FLASH_BLOCK / 4];
    uint32_t after[FLASH_BLOCK / 4];
} flash;

static _Noreturn void end(enum rom_status status, const char *why)
{
    console_say("flash file: %s", why);
    power_end(status);
}

void flash_open(const char *path)
{
    flash.file = host_open(path);
    if (flash.file < 0)
        end(ROM_ARGUMENTS, "cannot be opened");
    flash.size = (uint32_t)host_seek_end(flash.file);
    if (flash.size < FLASH_SMALLEST || flash.size > FLASH_LARGEST ||
        (flash.size & (flash.size - 1)) != 0)
        end(ROM_ARGUMENTS, "its size is not that of a chip");
}

uint32_t flash_size(void)
{
    return flash.size;
}

uint32_t flash_id(void)
{
    uint32_t capacity = 0;
    if (options()->id != 0)
        return options()->id;
    while (UINT32_C(1) << capacity < flash.size)
        capacity++;
    return capacity << 16 | ID_MAKER_AND_TYPE;
}

const struct flash_counts *flash_counts(void)
{
    return &flash.counts;
}

static void trace(const char *what, uint32_t offset, uint32_t size)
{
    if (options()->trace)
        console_say("%s 0x%06x %u bytes", what, (unsigned)offset,
                    (unsigned)size);
}

/* Where the chip sees offset; writers that got there by mistake are told. */
static uint32_t wrap(const char *what, uint32_t offset)
{
    uint32_t at = offset & (flash.size - 1);
    if (at != offset)
        console_say("%s 0x%06x wraps around to 0x%06x", what, (unsigned)offset,
                    (unsigned)at);
    return at;
}

static uint32_t smaller(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

void flash_look(uint32_t offset, void *data, uint32_t size)
{
    uint8_t *out = data;
    while (size > 0) {
        uint32_t at = offset & (flash.size - 1);
        uint32_t step = smaller(size, flash.size - at);
        host_seek(flash.file, at);
        if (host_read(flash.file, out, step) != (int32_t)step)
            end(ROM_FLASH_FILE, "cannot be read");
        offset += step;
        out += step;
        size -= step;
    }
}

void flash_read(uint32_t offset, void *data, uint32_t size)
{
    flash.counts.reads++;
    trace("read", offset, size);
    flash_look(offset, data, size);
    clock_pass(size / READ_BYTES_A_US + 1);
}

static void store(uint32_t offset, uint32_t size)
{
    host_seek(flash.file, offset);
    if (host_write(flash.file, flash.after, size) != (int32_t)size)
        end(ROM_FLASH_FILE, "cannot be written");
    window_update(offset, flash.after, size);
}

static _Noreturn void cut(uint32_t offset, uint32_t size)
{
    faults_tear(flash.after, flash.before, size / 4);
    store(offset, size);
    console_say("the power fails at 0x%06x, in operation %u", (unsigned)offset,
                (unsigned)options()->cut);
    power_end(ROM_POWER_CUT);
}

/* What both kinds of operation share; flash.after is what is wanted. */
static bool change(enum fault fault, uint32_t offset, uint32_t size,
                   uint32_t us)
{
    if (fault == FAULT_CUT)
        cut(offset, size);
    if (fault != FAULT_NONE)
        console_say("0x%06x: nothing done%s", (unsigned)offset,
                    fault == FAULT_ERROR ? ", error" : "");
    else
        store(offset, size);
    clock_pass(us);
    return fault != FAULT_ERROR;
}

static uint32_t count(uint32_t *kind)
{
    ++*kind;
    return flash.counts.erases + flash.counts.programs;
}

bool flash_program(uint32_t offset, const void *data, uint32_t size)
{
    uint32_t operation = count(&flash.counts.programs);
    uint32_t at = wrap("program", offset);
    trace("program", at, size);
    flash_look(at, flash.before, size);
    memcpy(flash.after, data, size);
    for (uint32_t i = 0; i < size / 4; i++)
        flash.after[i] &= flash.before[i];
    return change(faults_of_program(flash.counts.programs, operation), at, size,
                  PROGRAM_US);
}

bool flash_erase(uint32_t offset, uint32_t size)
{
    uint32_t operation = count(&flash.counts.erases);
    uint32_t at = wrap("erase", offset);
    trace("erase", at, size);
    flash_look(at, flash.before, size);
    memset(flash.after, 0xff, size);
    return change(faults_of_erase(flash.counts.erases, operation), at, size,
                  size == FLASH_BLOCK ? BLOCK_ERASE_US : SECTOR_ERASE_US);
}
