/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/chip.h"
#include "chip_tear.h"
#include "random.h"
#include <stdlib.h>
#include <string.h>

enum { PAGES_OF_SECTOR = OTA_SECTOR_SIZE / OTA_CHIP_PAGE };

/* A page as it was. */
struct ota_chip_log {
    uint32_t page;
    uint32_t wears; /* erases of its sector to take back */
    uint64_t digest;
    uint8_t data[OTA_CHIP_PAGE];
};

/* --- content and its digest --------------------------------------------- */

/* Behind the chip's own bytes lies a second plane: the bits that fall back,
 * zero, of weak sectors. */
static uint32_t page_count(const struct ota_chip *chip)
{
    return 2 * (chip->flash.size / OTA_CHIP_PAGE);
}

static uint64_t digest_of(const uint8_t *data, uint32_t page)
{
    uint64_t sum = random_mix(page);
    for (uint32_t i = 0; i < OTA_CHIP_PAGE; i += 8) {
        uint64_t word;
        memcpy(&word, data + i, sizeof(word));
        sum = (sum ^ word) * UINT64_C(0xff51afd7ed558ccd);
        sum ^= sum >> 32;
    }
    return sum;
}

static void set_digest(struct ota_chip *chip, uint32_t page, uint64_t digest)
{
    chip->digest ^= chip->digests[page] ^ digest;
    chip->digests[page] = digest;
}

static uint8_t *page_at(const struct ota_chip *chip, uint32_t page)
{
    return chip->data + (size_t)page * OTA_CHIP_PAGE;
}

uint64_t ota_chip_digest(const struct ota_chip *chip)
{
    uint64_t digest = chip->digest;
    for (uint32_t i = 0; i < chip->at.weak_count; i++)
        digest ^= random_mix((uint64_t)chip->at.weak[i].sector << 32 |
                             (chip->at.weak[i].starts + 1));
    return digest;
}

void ota_chip_put(struct ota_chip *chip, uint32_t offset, const void *data,
                  uint32_t size)
{
    if (size == 0)
        return;
    memcpy(chip->data + offset, data, size);
    for (uint32_t page = offset / OTA_CHIP_PAGE;
         page <= (offset + size - 1) / OTA_CHIP_PAGE; page++)
        set_digest(chip, page, digest_of(page_at(chip, page), page));
}

/* --- changes, and back again -------------------------------------------- */

static bool log_has_room(struct ota_chip *chip)
{
    enum { FIRST_CAPACITY = 1024 };
    if (chip->at.log_size < chip->log_capacity)
        return true;
    size_t capacity =
        chip->log_capacity ? 2 * chip->log_capacity : FIRST_CAPACITY;
    struct ota_chip_log *log = realloc(chip->log, capacity * sizeof(*log));
    if (!log)
        return false;
    chip->log = log;
    chip->log_capacity = capacity;
    return true;
}

/* One page, or a part of it, gets new bytes. */
static void change_page(struct ota_chip *chip, uint32_t offset,
                        const uint8_t *data, uint32_t size, uint32_t wears)
{
    uint32_t page = offset / OTA_CHIP_PAGE;
    if (!log_has_room(chip)) {
        chip->is_out_of_memory = true;
        return;
    }
    struct ota_chip_log *entry = &chip->log[chip->at.log_size++];
    entry->page = page;
    entry->wears = wears;
    entry->digest = chip->digests[page];
    memcpy(entry->data, page_at(chip, page), OTA_CHIP_PAGE);
    memcpy(chip->data + offset, data, size);
    set_digest(chip, page, digest_of(page_at(chip, page), page));
}

static void change(struct ota_chip *chip, uint32_t offset, const uint8_t *data,
                   uint32_t size)
{
    while (size > 0) {
        uint32_t step = OTA_CHIP_PAGE - offset % OTA_CHIP_PAGE;
        if (step > size)
            step = size;
        if (memcmp(chip->data + offset, data, step) != 0)
            change_page(chip, offset, data, step, 0);
        offset += step;
        data += step;
        size -= step;
    }
}

static void wear_out(struct ota_chip *chip, uint32_t offset)
{
    chip->wear[offset / OTA_SECTOR_SIZE]++;
    change_page(chip, offset, chip->data + offset, 0, 1);
}

struct ota_chip_mark ota_chip_mark(const struct ota_chip *chip)
{
    return chip->at;
}

void ota_chip_rollback(struct ota_chip *chip, const struct ota_chip_mark *mark)
{
    while (chip->at.log_size > mark->log_size) {
        const struct ota_chip_log *entry = &chip->log[--chip->at.log_size];
        memcpy(page_at(chip, entry->page), entry->data, OTA_CHIP_PAGE);
        set_digest(chip, entry->page, entry->digest);
        if (entry->wears)
            chip->wear[entry->page / PAGES_OF_SECTOR] -= entry->wears;
    }
    chip->at = *mark;
}

/* --- weak sectors ------------------------------------------------------- */

static int find_weak(const struct ota_chip *chip, uint32_t sector)
{
    for (uint32_t i = 0; i < chip->at.weak_count; i++)
        if (chip->at.weak[i].sector == sector)
            return (int)i;
    return -1;
}

static void forget_weak(struct ota_chip *chip, uint32_t index)
{
    uint8_t blank[OTA_SECTOR_SIZE];
    uint32_t sector = chip->at.weak[index].sector;
    memset(blank, 0xff, sizeof(blank));
    change(chip, chip->flash.size + sector * OTA_SECTOR_SIZE, blank,
           sizeof(blank));
    chip->at.weak[index] = chip->at.weak[--chip->at.weak_count];
}

/* The cells hold a charge that does not last. */
static void make_weak(struct ota_chip *chip, uint32_t offset)
{
    uint32_t sector = offset / OTA_SECTOR_SIZE;
    uint8_t blank[OTA_SECTOR_SIZE];
    if (find_weak(chip, sector) < 0 &&
        chip->at.weak_count < OTA_CHIP_MOST_WEAK) {
        change(chip, chip->flash.size + offset, chip->data + offset,
               OTA_SECTOR_SIZE);
        chip->at.weak[chip->at.weak_count++] =
            (struct ota_chip_weak){.sector = sector};
    }
    memset(blank, 0xff, sizeof(blank));
    change(chip, offset, blank, sizeof(blank));
}

static void fall_back(struct ota_chip *chip, uint32_t sector)
{
    uint8_t bytes[OTA_SECTOR_SIZE];
    uint32_t offset = sector * OTA_SECTOR_SIZE;
    const uint8_t *lost = chip->data + chip->flash.size + offset;
    for (uint32_t i = 0; i < OTA_SECTOR_SIZE; i++)
        bytes[i] = chip->data[offset + i] & lost[i];
    change(chip, offset, bytes, sizeof(bytes));
}

void ota_chip_power_on(struct ota_chip *chip)
{
    chip->at.counts.operations = 0;
    chip->at.is_off = false;
    chip->at.unreadable = 0;
    for (uint32_t i = chip->at.weak_count; i-- > 0;)
        if (++chip->at.weak[i].starts > 1) {
            fall_back(chip, chip->at.weak[i].sector);
            forget_weak(chip, i);
        }
}

/* --- operations --------------------------------------------------------- */

static enum ota_chip_fate fate_of(struct ota_chip *chip,
                                  const struct ota_chip_operation *operation)
{
    enum ota_chip_fate fate = OTA_CHIP_DONE;
    if (chip->at.is_off)
        return OTA_CHIP_OFF;
    chip->at.counts.operations++;
    if (chip->watch)
        fate = chip->watch(chip->watcher, chip, operation);
    chip->at.is_off = fate == OTA_CHIP_OFF;
    return fate;
}

/* What the bytes will be: at most a sector. */
static void compute(const struct ota_chip *chip,
                    const struct ota_chip_operation *operation, uint8_t *after)
{
    if (operation->kind == OTA_CHIP_ERASE) {
        memset(after, 0xff, operation->size);
        return;
    }
    for (uint32_t i = 0; i < operation->size; i++)
        after[i] = chip->data[operation->offset + i] & operation->data[i];
}

void ota_chip_tear(struct ota_chip *chip,
                   const struct ota_chip_operation *operation,
                   enum ota_chip_tear tear, uint64_t seed)
{
    uint8_t after[OTA_SECTOR_SIZE];
    bool is_erase = operation->kind == OTA_CHIP_ERASE;
    if (tear == OTA_CHIP_TEAR_WEAK && is_erase) {
        make_weak(chip, operation->offset);
        return;
    }
    if (tear == OTA_CHIP_TEAR_WEAK)
        tear = OTA_CHIP_TEAR_FRONT;
    compute(chip, operation, after);
    chip_tear(after, chip->data + operation->offset, operation->size, tear,
              seed);
    change(chip, operation->offset, after, operation->size);
}

static void carry_out(struct ota_chip *chip,
                      const struct ota_chip_operation *operation)
{
    uint8_t after[OTA_SECTOR_SIZE];
    compute(chip, operation, after);
    change(chip, operation->offset, after, operation->size);
    if (operation->kind == OTA_CHIP_PROGRAM) {
        chip->at.counts.programs +=
            (operation->size + OTA_CHIP_PAGE - 1) / OTA_CHIP_PAGE;
        return;
    }
    int weak = find_weak(chip, operation->offset / OTA_SECTOR_SIZE);
    if (weak >= 0)
        forget_weak(chip, (uint32_t)weak);
    chip->at.counts.erases++;
    wear_out(chip, operation->offset);
}

static bool operate(struct ota_chip *chip,
                    const struct ota_chip_operation *operation)
{
    enum ota_chip_fate fate = fate_of(chip, operation);
    if (fate == OTA_CHIP_DONE)
        carry_out(chip, operation);
    return fate == OTA_CHIP_DONE || fate == OTA_CHIP_SILENT;
}

/* --- the driver --------------------------------------------------------- */

/* A real chip would do anything. */
static bool is_allowed(const struct ota_chip *chip, uint32_t offset,
                       const void *data, uint32_t size)
{
    return offset <= chip->flash.size && size <= chip->flash.size - offset &&
           (offset | size | (uintptr_t)data) % 4 == 0;
}

void ota_chip_make_unreadable(struct ota_chip *chip, uint32_t offset)
{
    chip->at.unreadable = offset / OTA_SECTOR_SIZE + 1;
}

static bool is_readable(const struct ota_chip *chip, uint32_t offset,
                        uint32_t size)
{
    if (chip->at.unreadable == 0 || size == 0)
        return true;
    uint32_t sector = chip->at.unreadable - 1;
    return offset / OTA_SECTOR_SIZE > sector ||
           (offset + size - 1) / OTA_SECTOR_SIZE < sector;
}

static bool read_chip(void *context, uint32_t offset, void *data, uint32_t size,
                      struct ota_error *err)
{
    const struct ota_chip *chip = context;
    if (chip->at.is_off || !is_allowed(chip, offset, data, size) ||
        !is_readable(chip, offset, size))
        return ota_fail(err, OTA_E_FLASH_READ, .offset = offset);
    memcpy(data, chip->data + offset, size);
    return true;
}

static bool write_chip(void *context, uint32_t offset, const void *data,
                       uint32_t size, struct ota_error *err)
{
    struct ota_chip *chip = context;
    const uint8_t *bytes = data;
    if (!is_allowed(chip, offset, data, size))
        return ota_fail(err, OTA_E_FLASH_WRITE, .offset = offset);
    while (size > 0) {
        uint32_t step = chip->granule - offset % chip->granule;
        if (step > size)
            step = size;
        const struct ota_chip_operation operation = {OTA_CHIP_PROGRAM, offset,
                                                     step, bytes};
        if (!operate(chip, &operation))
            return ota_fail(err, OTA_E_FLASH_WRITE, .offset = offset);
        offset += step;
        bytes += step;
        size -= step;
    }
    return true;
}

static bool erase_chip(void *context, uint32_t offset, struct ota_error *err)
{
    struct ota_chip *chip = context;
    const struct ota_chip_operation operation = {OTA_CHIP_ERASE, offset,
                                                 OTA_SECTOR_SIZE, NULL};
    return (offset % OTA_SECTOR_SIZE == 0 &&
            is_allowed(chip, offset, NULL, OTA_SECTOR_SIZE) &&
            operate(chip, &operation)) ||
           ota_fail(err, OTA_E_FLASH_ERASE, .offset = offset);
}

/* --- life --------------------------------------------------------------- */

static void blank_all(struct ota_chip *chip)
{
    memset(chip->data, 0xff, 2 * (size_t)chip->flash.size);
    for (uint32_t page = 0; page < page_count(chip); page++)
        set_digest(chip, page, digest_of(page_at(chip, page), page));
}

bool ota_chip_init(struct ota_chip *chip, uint32_t size, struct ota_error *err)
{
    *chip = (struct ota_chip){
        .flash = {size, read_chip, write_chip, erase_chip, chip},
        .granule = OTA_CHIP_PAGE,
    };
    chip->data = malloc(2 * (size_t)size);
    chip->digests = calloc(page_count(chip), sizeof(*chip->digests));
    chip->wear = calloc(size / OTA_SECTOR_SIZE, sizeof(*chip->wear));
    if (!chip->data || !chip->digests || !chip->wear) {
        ota_chip_release(chip);
        return ota_fail(err, OTA_E_MEMORY, .subject = "simulated flash");
    }
    blank_all(chip);
    return true;
}

void ota_chip_release(struct ota_chip *chip)
{
    free(chip->data);
    free(chip->digests);
    free(chip->wear);
    free(chip->log);
    *chip = (struct ota_chip){0};
}
