/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks in their order: the steps down, the start, the steps back. How
 * far a swap is, is the number of marks up to the last that is set.
 */
#include "otatool/swap.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"

enum { CRC = OTA_OTADATA_RECORD_SIZE - 4 };

#define MAGIC 0x50415753u /* "SWAP" */

/* --- the record --------------------------------------------------------- */

static bool is_inside(uint32_t offset, uint32_t sectors, uint32_t flash_size)
{
    uint32_t size = sectors * OTA_SECTOR_SIZE;
    return offset % OTA_SECTOR_SIZE == 0 && size <= flash_size &&
           offset <= flash_size - size;
}

bool ota_swap_is_sound(const struct ota_swap *swap, uint32_t flash_size)
{
    uint32_t n = swap->sectors;
    return n > 0 && n <= OTA_SWAP_MOST && is_inside(swap->low, n, flash_size) &&
           is_inside(swap->high, n + 1, flash_size) &&
           (swap->low + n * OTA_SECTOR_SIZE <= swap->high ||
            swap->high + (n + 1) * OTA_SECTOR_SIZE <= swap->low);
}

void ota_swap_encode(const struct ota_swap *swap,
                     uint8_t record[OTA_OTADATA_RECORD_SIZE])
{
    write_le32(record, MAGIC);
    write_le32(record + 4, swap->low);
    write_le32(record + 8, swap->high);
    write_le32(record + 12, swap->sectors);
    write_le32(record + 16, swap->sequence);
    write_le32(record + CRC, ota_crc32(0, record, CRC));
}

bool ota_swap_read(struct ota_swap *swap, const struct ota_flash *flash,
                   uint32_t journal, bool *is_there, struct ota_error *err)
{
    uint32_t words[OTA_OTADATA_RECORD_SIZE / 4];
    const uint8_t *record = (const uint8_t *)words;
    if (!ota_flash_read(flash, journal + OTA_OTADATA_RECORD, words,
                        sizeof(words), err))
        return false;
    *swap = (struct ota_swap){
        .low = read_le32(record + 4),
        .high = read_le32(record + 8),
        .sectors = read_le32(record + 12),
        .sequence = read_le32(record + 16),
    };
    *is_there = read_le32(record) == MAGIC &&
                read_le32(record + CRC) == ota_crc32(0, record, CRC) &&
                ota_swap_is_sound(swap, flash->size);
    return true;
}

/* --- the marks ---------------------------------------------------------- */

static uint32_t steps_of(const struct ota_swap *swap)
{
    return 2 * swap->sectors;
}

static uint32_t mark_at(uint32_t journal, uint32_t index)
{
    return journal + OTA_SWAP_MARKS + index * 4;
}

static bool set_mark(const struct ota_flash *flash, uint32_t journal,
                     uint32_t index, struct ota_error *err)
{
    const uint32_t done = 0;
    return ota_flash_write(flash, mark_at(journal, index), &done, sizeof(done),
                           err);
}

/* A mark that the power was lost in is not 0: its step is done again. */
static bool count_marks(const struct ota_swap *swap,
                        const struct ota_flash *flash, uint32_t journal,
                        uint32_t *count, struct ota_error *err)
{
    uint32_t mark = 1;
    *count = 2 * steps_of(swap) + 1;
    while (*count > 0) {
        if (!ota_flash_read(flash, mark_at(journal, *count - 1), &mark,
                            sizeof(mark), err))
            return false;
        if (mark == 0)
            break;
        (*count)--;
    }
    return true;
}

static enum ota_swap_phase phase_of(const struct ota_swap *swap, uint32_t count)
{
    uint32_t steps = steps_of(swap);
    if (count < steps)
        return OTA_SWAP_FORWARD;
    if (count == steps)
        return OTA_SWAP_READY;
    return count <= 2 * steps ? OTA_SWAP_BACKWARD : OTA_SWAP_UNDONE;
}

bool ota_swap_find_phase(const struct ota_swap *swap,
                         const struct ota_flash *flash, uint32_t journal,
                         enum ota_swap_phase *phase, struct ota_error *err)
{
    uint32_t count;
    if (!count_marks(swap, flash, journal, &count, err))
        return false;
    *phase = phase_of(swap, count);
    return true;
}

bool ota_swap_mark_started(const struct ota_swap *swap,
                           const struct ota_flash *flash, uint32_t journal,
                           struct ota_error *err)
{
    return set_mark(flash, journal, steps_of(swap), err);
}

/* --- the steps ---------------------------------------------------------- */

/* The chain along which sectors move: each step down fills place i from place
 * i + 1. */
static uint32_t place(const struct ota_swap *swap, uint32_t i)
{
    uint32_t above = swap->sectors - (i + 1) / 2;
    return (i % 2 ? swap->low : swap->high) + above * OTA_SECTOR_SIZE;
}

static bool move(const struct ota_swap_tools *tools, uint32_t from, uint32_t to,
                 struct ota_error *err)
{
    return ota_flash_read(tools->flash, from, tools->sector, OTA_SECTOR_SIZE,
                          err) &&
           ota_flash_put_sector(tools->flash, to, tools->sector, NULL, err);
}

/* Where the step with this mark moves a sector from and to. */
static void find_places(const struct ota_swap *swap, uint32_t index,
                        uint32_t *from, uint32_t *to)
{
    uint32_t steps = steps_of(swap);
    uint32_t i = index < steps ? index : 2 * steps - index;
    *from = place(swap, index < steps ? i + 1 : i);
    *to = place(swap, index < steps ? i : i + 1);
}

static bool step(const struct ota_swap *swap,
                 const struct ota_swap_tools *tools, uint32_t index,
                 struct ota_error *err)
{
    uint32_t steps = steps_of(swap);
    uint32_t from;
    uint32_t to;
    if (tools->tick)
        tools->tick(tools->context, index % (steps + 1) * OTA_SECTOR_SIZE,
                    steps * OTA_SECTOR_SIZE);
    find_places(swap, index, &from, &to);
    return move(tools, from, to, err);
}

/* The step that comes next may have been cut off: a sector that it erased is
 * not trusted, nor the mark before it. */
static bool resume(const struct ota_swap *swap,
                   const struct ota_swap_tools *tools, uint32_t journal,
                   uint32_t count, struct ota_error *err)
{
    uint32_t from;
    uint32_t to;
    find_places(swap, count, &from, &to);
    return (count == 0 || set_mark(tools->flash, journal, count - 1, err)) &&
           ota_flash_erase(tools->flash, to, err);
}

bool ota_swap_go(const struct ota_swap *swap,
                 const struct ota_swap_tools *tools, uint32_t journal,
                 struct ota_error *err)
{
    uint32_t steps = steps_of(swap);
    uint32_t count;
    if (!count_marks(swap, tools->flash, journal, &count, err))
        return false;
    uint32_t end = count < steps ? steps : 2 * steps + 1;
    if (phase_of(swap, count) != OTA_SWAP_FORWARD &&
        phase_of(swap, count) != OTA_SWAP_BACKWARD)
        return true;
    if (!resume(swap, tools, journal, count, err))
        return false;
    for (; count < end; count++)
        if (!step(swap, tools, count, err) ||
            !set_mark(tools->flash, journal, count, err))
            return false;
    return true;
}
