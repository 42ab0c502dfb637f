/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/flash_plan.h"
#include "otatool/digest.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/pack_file.h"
#include "otatool/rules.h"
#include <stdlib.h>
#include <string.h>

enum { HEADER_MODE = 2, HEADER_SIZE_FREQUENCY = 3, WINDOW = 0x100000 };

void ota_flash_plan_release(struct ota_flash_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->parts[i].data);
    plan->count = 0;
}

static uint32_t whole_sectors(uint32_t size)
{
    return (size + OTA_SECTOR_SIZE - 1) / OTA_SECTOR_SIZE * OTA_SECTOR_SIZE;
}

bool ota_flash_plan_add(struct ota_flash_plan *plan, const char *name,
                        uint32_t address, const uint8_t *data, uint32_t size,
                        struct ota_error *err)
{
    enum { LARGEST_FLASH = 16 * 1024 * 1024 };
    if (address % OTA_SECTOR_SIZE != 0)
        return ota_fail(err, OTA_E_FLASH_ADDRESS, .subject = name,
                        .actual = address);
    if (size > LARGEST_FLASH || address > LARGEST_FLASH - size)
        return ota_fail(err, OTA_E_FLASH_BEYOND, .subject = name,
                        .expected = LARGEST_FLASH,
                        .actual = (uint64_t)address + size);
    if (plan->count == OTA_FLASH_PLAN_PARTS)
        return ota_fail(err, OTA_E_FLASH_PARTS, .subject = name,
                        .expected = OTA_FLASH_PLAN_PARTS,
                        .actual = plan->count + 1);
    struct ota_flash_part part = {
        .name = name,
        .address = address,
        .size = whole_sectors(size),
        .used = size,
    };
    if (size == 0)
        return true;
    part.data = malloc(part.size);
    if (!part.data)
        return ota_fail(err, OTA_E_MEMORY);
    memcpy(part.data, data, size);
    memset(part.data + size, 0xff, part.size - size);
    plan->parts[plan->count++] = part;
    return true;
}

/* --- packs --- */

/* The header's code, of the maps with slots of 512 KB or none. */
static bool code_of_size(uint32_t flash_size, int *code)
{
    static const struct {
        uint32_t size;
        int code;
    } known[] = {
        {0x40000, 1},  {0x80000, 0},  {0x100000, 2},  {0x200000, 3},
        {0x400000, 4}, {0x800000, 8}, {0x1000000, 9},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].size == flash_size) {
            *code = known[i].code;
            return true;
        }
    return false;
}

/* 40 MHz, the code 0, suits every chip. */
static void undo_stamp(struct ota_flash_part *bootloader,
                       const struct ota_pack *pack)
{
    int code;
    if (ota_pack_stamp(pack) && code_of_size(ota_pack_flash_size(pack), &code))
        bootloader->data[HEADER_SIZE_FREQUENCY] = (uint8_t)(code << 4);
}

/* Everything behind the bootloader as it lies in the pack. */
static bool add_rest(struct ota_flash_plan *plan, const char *name,
                     const struct ota_pack *pack, const uint8_t *data,
                     struct ota_error *err)
{
    uint32_t from = pack->table_address - OTA_PACK_BASE;
    uint32_t end = pack->size - OTA_PACK_CRC_SIZE;
    return ota_flash_plan_add(plan, name, pack->table_address, data + from,
                              end - from, err);
}

static bool blank_otadata(struct ota_flash_plan *plan, const char *name,
                          const struct ota_pack *pack, struct ota_error *err)
{
    uint8_t erased[OTA_OTADATA_SIZE];
    const struct ota_partition *otadata = ota_partition_table_find(
        &pack->table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    if (!otadata || otadata->offset < OTA_PACK_BASE + pack->size ||
        otadata->size < OTA_OTADATA_SIZE)
        return true;
    memset(erased, 0xff, sizeof(erased));
    return ota_flash_plan_add(plan, name, otadata->offset, erased,
                              sizeof(erased), err);
}

bool ota_flash_plan_add_pack(struct ota_flash_plan *plan, const char *name,
                             const uint8_t *data, size_t size,
                             struct ota_error *err)
{
    struct ota_pack pack;
    if (!ota_pack_file_read(&pack, data, size, err))
        return false;
    if (pack.crc != pack.crc_actual)
        return ota_fail(err, OTA_E_PACK_CRC, .subject = name,
                        .expected = pack.crc_actual, .actual = pack.crc);
    if (!pack.has_bootloader || !pack.has_table || !pack.has_app) {
        struct ota_error reason = !pack.has_bootloader ? pack.bootloader_error
                                  : !pack.has_table    ? pack.table_error
                                                       : pack.app_error;
        reason.subject = name;
        return ota_error_set(err, reason);
    }
    if (!ota_flash_plan_add(plan, name, 0, data, pack.bootloader.size, err))
        return false;
    undo_stamp(&plan->parts[plan->count - 1], &pack);
    return add_rest(plan, name, &pack, data, err) &&
           blank_otadata(plan, name, &pack, err);
}

/* --- order --- */

static int by_address(const void *a, const void *b)
{
    const struct ota_flash_part *first = a;
    const struct ota_flash_part *second = b;
    return (first->address > second->address) -
           (first->address < second->address);
}

bool ota_flash_plan_seal(struct ota_flash_plan *plan, struct ota_error *err)
{
    qsort(plan->parts, plan->count, sizeof(plan->parts[0]), by_address);
    for (size_t i = 1; i < plan->count; i++) {
        const struct ota_flash_part *before = &plan->parts[i - 1];
        const struct ota_flash_part *part = &plan->parts[i];
        if (part->address < before->address + before->size)
            return ota_fail(err, OTA_E_FLASH_OVERLAP, .subject = part->name,
                            .expected = before->address + before->size,
                            .actual = part->address);
    }
    return true;
}

uint32_t ota_flash_plan_size(const struct ota_flash_plan *plan)
{
    uint32_t size = 0;
    for (size_t i = 0; i < plan->count; i++)
        size += plan->parts[i].size;
    return size;
}

const uint8_t *ota_flash_plan_sector(const struct ota_flash_plan *plan,
                                     uint32_t offset)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct ota_flash_part *part = &plan->parts[i];
        if (offset >= part->address && offset - part->address < part->size)
            return part->data + (offset - part->address);
    }
    return NULL;
}

/* --- judging --- */

static bool verify_part(const struct ota_flash_part *part,
                        struct ota_error *err)
{
    struct ota_image image;
    uint32_t slot;
    struct ota_source source = ota_source_memory(part->data, part->used);
    if (part->data[0] != OTA_IMAGE_MAGIC)
        return true;
    if (!ota_image_verify(&image, &source, 0, err)) {
        if (err)
            err->subject = part->name;
        return false;
    }
    /* What loads to RAM runs from anywhere. */
    if (!ota_image_link_slot(&image, &slot) || slot == part->address % WINDOW)
        return true;
    return ota_fail(err, OTA_E_FLASH_LINK, .subject = part->name,
                    .expected = slot, .actual = part->address);
}

bool ota_flash_plan_verify(const struct ota_flash_plan *plan,
                           struct ota_error *err)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!verify_part(&plan->parts[i], err))
            return false;
    return true;
}

/* --- the header of the image at 0 --- */

struct name {
    const char *text;
    int code;
};

static bool find_name(const struct name *names, size_t count, const char *text,
                      int *code)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].text, text) == 0) {
            *code = names[i].code;
            return true;
        }
    return false;
}

#define FIND_NAME(names, text, code)                                           \
    find_name((names), sizeof(names) / sizeof((names)[0]), (text), (code))

bool ota_flash_header_mode(const char *name, int *mode)
{
    static const struct name names[] = {
        {"keep", OTA_FLASH_KEEP}, {"qio", OTA_FLASH_QIO},
        {"qout", OTA_FLASH_QOUT}, {"dio", OTA_FLASH_DIO},
        {"dout", OTA_FLASH_DOUT},
    };
    return FIND_NAME(names, name, mode);
}

bool ota_flash_header_frequency(const char *name, int *frequency)
{
    static const struct name names[] = {
        {"keep", OTA_FLASH_KEEP},
        {"40m", 0},
        {"26m", 1},
        {"20m", 2},
        {"80m", 15},
    };
    return FIND_NAME(names, name, frequency);
}

static const struct name sizes[] = {
    {"keep", OTA_FLASH_KEEP},
    {"detect", OTA_FLASH_DETECT},
    {"256KB", 1},
    {"512KB", 0},
    {"1MB", 2},
    {"2MB", 3},
    {"4MB", 4},
    {"8MB", 8},
    {"16MB", 9},
    {"2MB-c1", 5},
    {"4MB-c1", 6},
};

bool ota_flash_header_size(const char *name, int *size)
{
    return FIND_NAME(sizes, name, size);
}

static bool check_places(const struct ota_flash_plan *plan, uint32_t flash_size,
                         struct ota_error *err)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct ota_flash_part *part = &plan->parts[i];
        if (part->size > flash_size || part->address > flash_size - part->size)
            return ota_fail(err, OTA_E_FLASH_BEYOND, .subject = part->name,
                            .expected = flash_size,
                            .actual = (uint64_t)part->address + part->size);
    }
    return true;
}

static bool has_digest(const struct ota_flash_part *part,
                       struct ota_image *image)
{
    uint8_t stored[OTA_IMAGE_DIGEST_SIZE];
    uint8_t actual[OTA_SHA256_SIZE];
    struct ota_source source = ota_source_memory(part->data, part->used);
    if (!ota_image_parse(image, &source, 0, NULL) ||
        !ota_image_stored_digest(image, &source, stored))
        return false;
    ota_sha256(part->data, image->size, actual);
    return memcmp(stored, actual, sizeof(actual)) == 0;
}

static void patch(struct ota_flash_part *part,
                  const struct ota_flash_header *header, int size)
{
    struct ota_image image;
    bool is_digested = has_digest(part, &image);
    uint8_t *byte = &part->data[HEADER_SIZE_FREQUENCY];
    if (header->mode >= 0)
        part->data[HEADER_MODE] = (uint8_t)header->mode;
    if (header->frequency >= 0)
        *byte = (uint8_t)((*byte & 0xf0) | header->frequency);
    if (size >= 0)
        *byte = (uint8_t)((*byte & 0x0f) | size << 4);
    if (is_digested)
        ota_sha256(part->data, image.size, part->data + image.size);
}

static bool check_size(const struct ota_flash_part *part, uint32_t flash_size,
                       struct ota_error *err)
{
    const struct ota_flash_map *map =
        ota_flash_map_by_code(part->data[HEADER_SIZE_FREQUENCY] >> 4);
    return !map || map->flash_size <= flash_size ||
           ota_fail(err, OTA_E_FLASH_HEADER, .subject = part->name,
                    .expected = flash_size, .actual = map->flash_size);
}

bool ota_flash_plan_fit(struct ota_flash_plan *plan,
                        const struct ota_flash_header *header,
                        uint32_t flash_size, struct ota_error *err)
{
    struct ota_flash_part *first = plan->parts;
    int size = header->size;
    if (!check_places(plan, flash_size, err))
        return false;
    if (plan->count == 0 || first->address != 0 ||
        first->used < OTA_IMAGE_HEADER_SIZE ||
        first->data[0] != OTA_IMAGE_MAGIC)
        return true;
    if (size == OTA_FLASH_DETECT && !code_of_size(flash_size, &size))
        size = OTA_FLASH_KEEP;
    patch(first, header, size);
    return check_size(first, flash_size, err);
}
