/* SPDX-License-Identifier: Apache-2.0 */
/* Flash of a device: reading, comparing, erasing. */
#include "flasher_parts.h"
#include "loader_parts.h"
#include "otatool/digest.h"
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 0x10000, /* what one failure costs */
    ERASE_PIECE = 0x10000,
    GLANCE = 32, /* bytes at the start of a sector, without the stub */
    AGREE_TRIES = 4,
};

struct range {
    uint32_t offset;
    uint8_t *data;
    uint32_t size;
};

/* --- reading --- */

/* The digest that the stub sends after the data is that of what it read: it
 * is asked for it once more by place, in case the place came garbled. */
static bool read_piece(struct ota_flasher *flasher, void *context,
                       struct ota_error *err)
{
    struct range *range = context;
    struct ota_loader *loader = &flasher->loader;
    uint8_t there[OTA_MD5_SIZE];
    uint8_t here[OTA_MD5_SIZE];
    if (!ota_loader_read(loader, range->offset, range->data, range->size, err))
        return false;
    if (!flasher->options.stub)
        return true;
    if (!ota_loader_md5(loader, range->offset, range->size, there, err))
        return false;
    ota_md5(range->data, range->size, here);
    return memcmp(here, there, sizeof(here)) == 0 ||
           ota_fail(err, OTA_E_LOADER_NOISE);
}

static bool read_once(struct ota_flasher *flasher, uint32_t offset,
                      uint8_t *data, uint32_t size, struct ota_error *err)
{
    struct range range = {offset, data, size};
    return flasher_retry(flasher, read_piece, &range, err);
}

/* Without the stub no digest goes along: what is read twice alike counts. */
static bool read_surely(struct ota_flasher *flasher, uint32_t offset,
                        uint8_t *data, uint32_t size, struct ota_error *err)
{
    uint8_t again[OTA_SECTOR_SIZE];
    if (!read_once(flasher, offset, data, size, err))
        return false;
    if (flasher->options.stub)
        return true;
    for (int i = 0; i < AGREE_TRIES; i++) {
        if (!read_once(flasher, offset, again, size, err))
            return false;
        if (memcmp(data, again, size) == 0)
            return true;
        memcpy(data, again, size);
    }
    return ota_fail(err, OTA_E_LOADER_NOISE);
}

static bool read_sectors(struct ota_flasher *flasher, uint32_t offset,
                         uint8_t *data, uint32_t size, struct ota_error *err)
{
    uint32_t piece = flasher->options.stub ? PIECE : OTA_SECTOR_SIZE;
    for (uint32_t at = 0; at < size; at += piece) {
        uint32_t step = minimum(piece, size - at);
        if (!read_surely(flasher, offset + at, data + at, step, err))
            return false;
        flasher_progress(flasher, OTA_FLASHER_READING, at + step, size);
    }
    return true;
}

bool ota_flasher_read(struct ota_flasher *flasher, uint32_t offset,
                      uint8_t *data, uint32_t size, struct ota_error *err)
{
    uint32_t flash_size = flasher->chip.flash_size;
    if (offset > flash_size || size > flash_size - offset)
        return ota_fail(err, OTA_E_FLASH_BEYOND, .expected = flash_size,
                        .actual = (uint64_t)offset + size);
    uint32_t first = offset / OTA_SECTOR_SIZE * OTA_SECTOR_SIZE;
    uint32_t end = (offset + size + OTA_SECTOR_SIZE - 1) / OTA_SECTOR_SIZE *
                   OTA_SECTOR_SIZE;
    if (first == offset && end == offset + size)
        return read_sectors(flasher, offset, data, size, err);
    uint8_t *sectors = malloc(end - first + 1);
    if (!sectors)
        return ota_fail(err, OTA_E_MEMORY);
    bool ok = read_sectors(flasher, first, sectors, end - first, err);
    if (ok)
        memcpy(data, sectors + (offset - first), size);
    free(sectors);
    return ok;
}

/* --- comparing --- */

struct digest_of {
    uint32_t offset;
    uint32_t size;
    uint8_t *md5;
};

static bool ask_digest(struct ota_flasher *flasher, void *context,
                       struct ota_error *err)
{
    struct digest_of *of = context;
    return ota_loader_md5(&flasher->loader, of->offset, of->size, of->md5, err);
}

bool flasher_digest(struct ota_flasher *flasher, uint32_t offset, uint32_t size,
                    uint8_t md5[OTA_LOADER_MD5_SIZE], struct ota_error *err)
{
    struct digest_of of = {offset, size, md5};
    return flasher_retry(flasher, ask_digest, &of, err);
}

/* Up to the first difference, which is mostly near. */
static bool compare_by_reading(struct ota_flasher *flasher, uint32_t offset,
                               const uint8_t *data, uint32_t size,
                               bool *is_same, struct ota_error *err)
{
    uint8_t bytes[256];
    *is_same = true;
    for (uint32_t at = 0; *is_same && at < size; at += sizeof(bytes)) {
        uint32_t step = minimum(sizeof(bytes), size - at);
        if (!read_once(flasher, offset + at, bytes, step, err))
            return false;
        *is_same = memcmp(bytes, data + at, step) == 0;
    }
    return true;
}

bool flasher_compare(struct ota_flasher *flasher, uint32_t offset,
                     const uint8_t *data, uint32_t size, bool *is_same,
                     struct ota_error *err)
{
    uint8_t expected[OTA_MD5_SIZE];
    uint8_t actual[OTA_MD5_SIZE];
    if (!flasher->options.stub)
        return compare_by_reading(flasher, offset, data, size, is_same, err);
    if (!flasher_digest(flasher, offset, size, actual, err))
        return false;
    ota_md5(data, size, expected);
    *is_same = memcmp(expected, actual, sizeof(actual)) == 0;
    return true;
}

static bool verify_part(struct ota_flasher *flasher,
                        const struct ota_flash_part *part,
                        struct ota_error *err)
{
    bool is_same = false;
    if (flasher->options.stub &&
        !flasher_compare(flasher, part->address, part->data, part->size,
                         &is_same, err))
        return false;
    for (uint32_t at = 0; !is_same && at < part->size; at += OTA_SECTOR_SIZE) {
        bool is_sector_same;
        if (!flasher_compare(flasher, part->address + at, part->data + at,
                             OTA_SECTOR_SIZE, &is_sector_same, err))
            return false;
        if (!is_sector_same)
            return ota_fail(err, OTA_E_FLASH_DIFFERS, .part = "sector",
                            .offset = part->address + at, .detail = part->name);
    }
    return true;
}

bool ota_flasher_verify(struct ota_flasher *flasher,
                        const struct ota_flash_plan *plan,
                        struct ota_error *err)
{
    uint32_t done = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (!verify_part(flasher, &plan->parts[i], err))
            return false;
        done += plan->parts[i].size;
        flasher_progress(flasher, OTA_FLASHER_COMPARING, done,
                         ota_flash_plan_size(plan));
    }
    return true;
}

/* --- erasing --- */

static bool erase_chip(struct ota_flasher *flasher, void *context,
                       struct ota_error *err)
{
    (void)context;
    return ota_loader_erase_all(&flasher->loader, flasher->chip.flash_size,
                                err);
}

static bool erase_block(struct ota_flasher *flasher, void *context,
                        struct ota_error *err)
{
    const uint32_t *offset = context;
    return ota_loader_erase_block(&flasher->loader, *offset, err);
}

static bool erase_blocks(struct ota_flasher *flasher, uint32_t offset,
                         uint32_t size, struct ota_error *err)
{
    for (uint32_t at = 0; at < size; at += ERASE_PIECE) {
        uint32_t block = offset + at;
        if (!flasher_retry(flasher, erase_block, &block, err))
            return false;
        flasher_progress(flasher, OTA_FLASHER_ERASING, at + ERASE_PIECE, size);
    }
    return true;
}

/* Without the stub only the start of each sector: to read all would take
 * half an hour. */
static bool glance(struct ota_flasher *flasher, uint32_t offset, uint32_t size,
                   bool *is_blank, struct ota_error *err)
{
    uint8_t blank[GLANCE];
    memset(blank, 0xff, sizeof(blank));
    *is_blank = true;
    for (uint32_t at = 0; *is_blank && at < size; at += OTA_SECTOR_SIZE)
        if (!compare_by_reading(flasher, offset + at, blank, sizeof(blank),
                                is_blank, err))
            return false;
    return true;
}

static bool look(struct ota_flasher *flasher, uint32_t offset, uint32_t size,
                 bool *is_blank, struct ota_error *err)
{
    uint8_t *blank = malloc(size);
    if (!blank)
        return ota_fail(err, OTA_E_MEMORY);
    memset(blank, 0xff, size);
    bool ok = flasher_compare(flasher, offset, blank, size, is_blank, err);
    free(blank);
    return ok;
}

static bool check_blank(struct ota_flasher *flasher, uint32_t offset,
                        uint32_t size, struct ota_error *err)
{
    bool is_blank;
    bool ok = flasher->options.stub
                  ? look(flasher, offset, size, &is_blank, err)
                  : glance(flasher, offset, size, &is_blank, err);
    return ok && (is_blank || ota_fail(err, OTA_E_FLASH_NO_EFFECT,
                                       .part = "erasing", .offset = offset));
}

/* A request to erase a region has no checksum, and is one bit away from that
 * to erase all; a stream of 0xFF costs little more, and is checked. */
static bool blank_by_writing(struct ota_flasher *flasher, uint32_t offset,
                             uint32_t size, struct ota_error *err)
{
    struct ota_flash_plan plan = {0};
    struct ota_flasher_job job = {0};
    struct ota_flasher_result result;
    uint8_t *blank = malloc(size);
    if (!blank)
        return ota_fail(err, OTA_E_MEMORY);
    memset(blank, 0xff, size);
    bool ok = ota_flash_plan_add(&plan, NULL, offset, blank, size, err) &&
              ota_flasher_write(flasher, &plan, &job, &result, err);
    ota_flash_plan_release(&plan);
    free(blank);
    return ok;
}

bool ota_flasher_erase(struct ota_flasher *flasher, uint32_t offset,
                       uint32_t size, struct ota_error *err)
{
    uint32_t flash_size = flasher->chip.flash_size;
    if ((offset | size) % OTA_SECTOR_SIZE != 0)
        return ota_fail(err, OTA_E_FLASH_ADDRESS, .actual = offset | size);
    if (offset > flash_size || size > flash_size - offset)
        return ota_fail(err, OTA_E_FLASH_BEYOND, .expected = flash_size,
                        .actual = (uint64_t)offset + size);
    if (size == 0)
        return true;
    bool is_all = size == flash_size && flasher->options.stub;
    bool is_whole =
        !flasher->options.stub && (offset | size) % ERASE_PIECE == 0;
    if (!is_all && !is_whole)
        return blank_by_writing(flasher, offset, size, err);
    return (is_all ? flasher_retry(flasher, erase_chip, NULL, err)
                   : erase_blocks(flasher, offset, size, err)) &&
           check_blank(flasher, offset, size, err);
}

/* --- as a source --- */

enum { MIRROR_STEP = 0x4000 };

bool ota_flasher_mirror_init(struct ota_flasher_mirror *mirror,
                             struct ota_flasher *flasher, struct ota_error *err)
{
    uint32_t size = flasher->chip.flash_size;
    mirror->flasher = flasher;
    mirror->data = malloc(size);
    mirror->is_known = calloc(size / MIRROR_STEP, sizeof(bool));
    if (mirror->data && mirror->is_known)
        return true;
    ota_flasher_mirror_release(mirror);
    return ota_fail(err, OTA_E_MEMORY);
}

void ota_flasher_mirror_release(struct ota_flasher_mirror *mirror)
{
    free(mirror->data);
    free(mirror->is_known);
    mirror->data = NULL;
    mirror->is_known = NULL;
}

static bool read_mirror(const void *context, uint32_t offset, void *data,
                        uint32_t size, struct ota_error *err)
{
    const struct ota_flasher_mirror *mirror = context;
    if (size == 0)
        return true;
    uint32_t last = (offset + size - 1) / MIRROR_STEP;
    for (uint32_t i = offset / MIRROR_STEP; i <= last; i++) {
        uint32_t at = i * MIRROR_STEP;
        if (mirror->is_known[i])
            continue;
        if (!ota_flasher_read(mirror->flasher, at, mirror->data + at,
                              MIRROR_STEP, err))
            return false;
        mirror->is_known[i] = true;
    }
    memcpy(data, mirror->data + offset, size);
    return true;
}

struct ota_source ota_flasher_source(const struct ota_flasher_mirror *mirror)
{
    return (struct ota_source){
        .size = mirror->flasher->chip.flash_size,
        .read = read_mirror,
        .context = mirror,
    };
}
