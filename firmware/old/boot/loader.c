/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As the old boots do: any number of segments to any address, the checksum
 * compared only after all is loaded.
 * (measured on boot_v1.2 to 1.7)
 */
#include "old/boot/loader.h"
#include "chip/rom.h"
#include <stdbool.h>

enum {
    IMAGE_MAGIC = 0xe9,
    CONTAINER_MAGIC = 0xea,
    CONTAINER_MARK = 4,
    CONTAINER_HEADER = 16,
    IMAGE_HEADER = 8,
    SEGMENT_HEADER = 8,
    CHECKSUM_START = 0xef,
    CHECKSUM_BLOCK = 16,
};

/* Flash is read in words only. */
struct words {
    uint32_t word[4];
};

static bool find_image(uint32_t offset, uint32_t *image)
{
    struct words head;
    if (SPIRead(offset, &head, sizeof(head)) != 0)
        return false;
    uint8_t magic = (uint8_t)head.word[0];
    uint8_t mark = (uint8_t)(head.word[0] >> 8);
    /* One without a first part is not taken. */
    bool is_container =
        magic == CONTAINER_MAGIC && mark == CONTAINER_MARK && head.word[3] != 0;
    *image = is_container ? offset + CONTAINER_HEADER + head.word[3] : offset;
    return magic == IMAGE_MAGIC || is_container;
}

/* *offset: that of the segment's header, then what follows its data. */
static bool load_segment(uint32_t *offset, uint32_t *sum)
{
    uint32_t header[2]; /* address, size */
    if (SPIRead(*offset, header, sizeof(header)) != 0 ||
        SPIRead(*offset + SEGMENT_HEADER, (void *)header[0], header[1]) != 0)
        return false;
    const volatile uint32_t *data = (const uint32_t *)header[0];
    for (uint32_t i = 0; i < header[1] / 4; i++)
        *sum ^= data[i];
    *offset += SEGMENT_HEADER + header[1];
    return true;
}

static bool checksum_holds(uint32_t image, uint32_t end, uint32_t sum)
{
    uint32_t last;
    uint32_t block = (end - image) & ~(CHECKSUM_BLOCK - 1u);
    if (SPIRead(image + block + CHECKSUM_BLOCK - 4, &last, 4) != 0)
        return false;
    sum ^= sum >> 16;
    sum ^= sum >> 8;
    return (uint8_t)(sum ^ CHECKSUM_START) == last >> 24;
}

/* An image of no segments has no checksum: its entry is believed. */
static bool load_image(uint32_t image, void (**entry)(void))
{
    uint32_t header[2];
    uint32_t sum = 0;
    uint32_t at = image + IMAGE_HEADER;
    if (SPIRead(image, header, sizeof(header)) != 0 ||
        (uint8_t)header[0] != IMAGE_MAGIC)
        return false;
    uint8_t segments = (uint8_t)(header[0] >> 8);
    for (uint8_t left = segments; left > 0; left--)
        if (!load_segment(&at, &sum))
            return false;
    *entry = (void (*)(void))header[1];
    return segments == 0 || checksum_holds(image, at, sum);
}

void old_loader_start(uint32_t offset)
{
    void (*entry)(void);
    uint32_t image;
    if (find_image(offset, &image) && load_image(image, &entry))
        entry();
}
