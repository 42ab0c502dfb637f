/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/pack.h"
#include <string.h>

enum { STAMPED_SEGMENTS = 3 };

struct segments {
    struct ota_image_segment items[OTA_IMAGE_MAX_SEGMENTS];
    uint8_t count;
};

static void insert_at(struct segments *segments, uint8_t index,
                      struct ota_image_segment segment)
{
    for (uint8_t i = segments->count; i > index; i--)
        segments->items[i] = segments->items[i - 1];
    segments->items[index] = segment;
    segments->count++;
}

static void remove_at(struct segments *segments, uint8_t index)
{
    segments->count--;
    for (uint8_t i = index; i < segments->count; i++)
        segments->items[i] = segments->items[i + 1];
}

/* Halves the largest segment; lengths stay multiples of 4. */
static bool split_one(struct segments *segments)
{
    uint8_t largest = 0;
    for (uint8_t i = 1; i < segments->count; i++)
        if (segments->items[i].size > segments->items[largest].size)
            largest = i;
    struct ota_image_segment *first = &segments->items[largest];
    uint32_t half = segments->count ? first->size / 8 * 4 : 0;
    if (half == 0)
        return false;
    struct ota_image_segment second = {
        .address = first->address + half,
        .offset = first->offset + half,
        .size = first->size - half,
    };
    first->size = half;
    insert_at(segments, (uint8_t)(largest + 1), second);
    return true;
}

/* Drops an empty segment, or joins two that adjoin in memory: the second's
 * data move down over its header, behind the first's. */
static bool join_one(struct segments *segments, uint8_t *data)
{
    for (uint8_t i = 0; i < segments->count; i++)
        if (segments->items[i].size == 0) {
            remove_at(segments, i);
            return true;
        }
    for (uint8_t i = 0; i + 1 < segments->count; i++) {
        struct ota_image_segment *a = &segments->items[i];
        const struct ota_image_segment *b = a + 1;
        if (a->address + a->size != b->address)
            continue;
        memmove(data + a->offset + a->size, data + b->offset, b->size);
        a->size += b->size;
        remove_at(segments, (uint8_t)(i + 1));
        return true;
    }
    return false;
}

static bool bring_to_three(struct segments *segments, uint8_t *data)
{
    while (segments->count < STAMPED_SEGMENTS)
        if (!split_one(segments))
            return false;
    while (segments->count > STAMPED_SEGMENTS)
        if (!join_one(segments, data))
            return false;
    return true;
}

static struct ota_image_plan plan_of(const struct ota_image *image,
                                     const struct segments *segments,
                                     const uint8_t *data, uint8_t slot,
                                     struct ota_image_part *parts)
{
    for (uint8_t i = 0; i < segments->count; i++)
        parts[i] = (struct ota_image_part){
            .address = segments->items[i].address,
            .data = data + segments->items[i].offset,
            .size = segments->items[i].size,
        };
    return (struct ota_image_plan){
        .mode = image->mode,
        .size_frequency = slot,
        .entry = image->entry,
        .parts = parts,
        .part_count = segments->count,
        .segment_count = segments->count,
    };
}

bool ota_pack_stamp_bootloader(uint8_t *data, uint32_t size, uint8_t slot,
                               struct ota_pack_stamped *out,
                               struct ota_error *err)
{
    struct ota_image image;
    struct ota_source source = ota_source_memory(data, size);
    if (!ota_image_parse(&image, &source, 0, err))
        return false;
    struct segments segments = {.count = image.segment_count};
    memcpy(segments.items, image.segments, sizeof(segments.items));
    if (!bring_to_three(&segments, data))
        return ota_fail(err, OTA_E_BOOTLOADER_SEGMENTS, .part = "bootloader",
                        .offset = 1, .expected = STAMPED_SEGMENTS,
                        .actual = image.segment_count);
    struct ota_image_part parts[OTA_IMAGE_MAX_SEGMENTS];
    struct ota_image_plan plan = plan_of(&image, &segments, data, slot, parts);
    out->size = ota_image_built_size(&plan, 0);
    return ota_image_build(&plan, 0, out->data, out->capacity, err);
}
