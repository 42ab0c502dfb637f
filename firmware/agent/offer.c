/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kind of a file shows in the first segment of the image it starts
 * with: code in the flash window is an app, code in RAM the bootloader that
 * a v2_to_v3 pack begins with. (esptool.py 2.4.0 sorts segments so; the pack
 * and the pair of `make ota` as pack_fw.py and the SDK's Makefile join them)
 */
#include "agent/offer.h"
#include "agent/target.h"
#include "otatool/bytes.h"
#include <string.h>

enum {
    HEAD_SIZE = AGENT_HEAD_SIZE,
    DIGEST_SIZE = AGENT_DIGEST_SIZE,
    PACK_BASE = 0x1000, /* flash address of a pack's first byte */
    PACK_CRC_SIZE = 4,
    LINE_SIZE = 16, /* images end with a whole line */
    LEAST_APP = 64, /* a line of header, a line of tail, the digest */
    COMPARED = 256, /* bytes of a segment's start, an app description */
};

#define RAM 0x40100000u /* code in RAM, as a bootloader has it */
#define RAM_END 0x40140000u
/* The bootloader's switch of the ROM's messages, where it comes first. */
#define ROM_SWITCH 0x60000014u

/* --- ranges ------------------------------------------------------------- */

static bool take_all(struct agent_state *state, uint8_t *data, uint32_t size,
                     struct ota_error *err)
{
    while (size > 0) {
        uint32_t got;
        if (!agent_connection_take(&state->connection, data, size, &got, err))
            return false;
        data += got;
        size -= got;
    }
    return true;
}

/* Small pieces come whole or not at all. */
static bool get(struct agent_state *state, uint32_t first, void *data,
                uint32_t size, struct ota_error *err)
{
    const struct agent_wish wish = {
        .first = first,
        .last = first + size - 1,
        .total = state->offer.total,
        .validator = state->offer.validator,
    };
    if (!agent_connection_ask(&state->connection, &wish, err))
        return false;
    if (state->connection.left < size)
        return ota_fail(err, OTA_E_RANGE_WRONG, .part = "answer",
                        .offset = first, .expected = size,
                        .actual = state->connection.left);
    return take_all(state, data, size, err);
}

static bool get_first(struct agent_state *state, struct ota_error *err)
{
    struct agent_offer *offer = &state->offer;
    memset(offer, 0, sizeof(*offer));
    if (!get(state, 0, offer->head, HEAD_SIZE, err))
        return false;
    const struct agent_answer *answer = &state->connection.answer;
    offer->total = answer->total;
    memcpy(offer->validator, answer->validator, sizeof(offer->validator));
    return true;
}

/* --- kinds -------------------------------------------------------------- */

static uint32_t first_address(const uint8_t *head)
{
    return read_le32(head + OTA_IMAGE_HEADER_SIZE);
}

static bool is_image(const uint8_t *head)
{
    return head[0] == OTA_IMAGE_MAGIC && head[1] > 0 &&
           head[1] <= OTA_IMAGE_MAX_SEGMENTS;
}

static bool is_bootloader(const uint8_t *head)
{
    uint32_t address = first_address(head);
    return is_image(head) &&
           ((address >= RAM && address < RAM_END) || address == ROM_SWITCH);
}

/* The slot an app is linked for, in its megabyte. */
static bool app_link(const uint8_t *head, uint32_t *link)
{
    uint32_t address = first_address(head);
    *link = address - OTA_IMAGE_FLASH_WINDOW - HEAD_SIZE;
    return is_image(head) && address >= OTA_IMAGE_FLASH_WINDOW + HEAD_SIZE &&
           address < OTA_IMAGE_FLASH_WINDOW_END;
}

static bool fail_kind(const uint8_t *head, uint32_t offset,
                      struct ota_error *err)
{
    return ota_fail(err, OTA_E_UPDATE_KIND, .part = "file", .offset = offset,
                    .expected = OTA_IMAGE_MAGIC, .actual = read_le32(head));
}

static uint32_t in_window(uint32_t offset)
{
    return offset & (AGENT_WINDOW_SIZE - 1);
}

bool agent_offer_link(const struct agent_layout *layout, uint32_t link,
                      uint32_t length, struct ota_error *err)
{
    if (link == in_window(layout->target))
        return true;
    if (link == in_window(layout->ota_0) && layout->bootloader_copies &&
        layout->target != layout->ota_0) {
        if (length <= layout->ota_0_size)
            return true;
        return ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                        .offset = layout->ota_0, .expected = layout->ota_0_size,
                        .actual = length);
    }
    return ota_fail(err, OTA_E_UPDATE_LINK, .part = "app",
                    .offset = layout->target,
                    .expected = in_window(layout->target), .actual = link);
}

/* The app lies in the pack where it is to lie in flash. */
static bool enter_pack(struct agent_state *state, struct ota_error *err)
{
    struct agent_offer *offer = &state->offer;
    uint32_t at = state->agent->layout.ota_0 - PACK_BASE;
    if (offer->total < LEAST_APP + PACK_CRC_SIZE ||
        at > offer->total - LEAST_APP - PACK_CRC_SIZE)
        return fail_kind(offer->head, 0, err);
    offer->offset = at;
    offer->length = offer->total - at - PACK_CRC_SIZE;
    return get(state, at, offer->head, HEAD_SIZE, err);
}

/* Where all slots have the same place in their megabyte there are no pairs:
 * one app serves all. */
static bool may_be_pair(const struct agent_state *state, uint32_t link)
{
    const struct agent_layout *layout = &state->agent->layout;
    uint32_t ota_0 = in_window(layout->ota_0);
    return link == ota_0 &&
           (in_window(layout->target) != ota_0 ||
            in_window(layout->running) != ota_0) &&
           state->offer.total % (2 * LINE_SIZE) == 0 &&
           state->offer.total / 2 >= LEAST_APP;
}

/* Looks for a second app in the middle; of two, the one for the target is
 * taken. */
static bool divide_pair(struct agent_state *state, uint32_t link,
                        struct ota_error *err)
{
    struct agent_offer *offer = &state->offer;
    const struct agent_layout *layout = &state->agent->layout;
    uint32_t half = offer->total / 2;
    uint32_t second;
    uint8_t head[HEAD_SIZE];
    if (!get(state, half, head, HEAD_SIZE, err))
        return false;
    if (!app_link(head, &second) || second == link)
        return true;
    offer->length = half;
    offer->twin = half;
    memcpy(offer->twin_head, head, HEAD_SIZE);
    if (second != in_window(layout->target))
        return true;
    memcpy(offer->twin_head, offer->head, HEAD_SIZE);
    memcpy(offer->head, head, HEAD_SIZE);
    offer->offset = half;
    offer->twin = 0;
    return true;
}

static bool find_app(struct agent_state *state, struct ota_error *err)
{
    struct agent_offer *offer = &state->offer;
    uint32_t link;
    offer->length = offer->total;
    if (is_bootloader(offer->head))
        return enter_pack(state, err);
    return !app_link(offer->head, &link) || !may_be_pair(state, link) ||
           divide_pair(state, link, err);
}

bool agent_offer_learn(struct agent_state *state, struct ota_error *err)
{
    struct agent_offer *offer = &state->offer;
    uint32_t link;
    if (!get_first(state, err))
        return false;
    offer->twin = UINT32_MAX;
    if (!find_app(state, err))
        return false;
    if (!app_link(offer->head, &link) || offer->length < LEAST_APP)
        return fail_kind(offer->head, offer->offset, err);
    if (offer->twin == UINT32_MAX) {
        offer->twin = offer->offset;
        memcpy(offer->twin_head, offer->head, HEAD_SIZE);
    }
    return get(state, offer->twin + offer->length - DIGEST_SIZE,
               offer->twin_digest, DIGEST_SIZE, err);
}

bool agent_offer_fits(const struct agent_state *state, struct ota_error *err)
{
    const struct agent_offer *offer = &state->offer;
    const struct agent_layout *layout = &state->agent->layout;
    uint32_t link;
    if (!app_link(offer->head, &link))
        return fail_kind(offer->head, offer->offset, err);
    if (!agent_offer_link(layout, link, offer->length, err))
        return false;
    return offer->length <= layout->target_size ||
           ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                    .offset = layout->target, .expected = layout->target_size,
                    .actual = offer->length);
}

/* --- comparing ---------------------------------------------------------- */

/* Whether size bytes of flash are data; flash that cannot be read is not the
 * same. */
static bool is_in_flash(const struct agent_state *state, uint32_t at,
                        const uint8_t *data, uint32_t size)
{
    struct ota_source source = ota_flash_source(state->agent->flash);
    uint8_t block[COMPARED];
    return ota_source_read(&source, at, block, size, NULL) &&
           memcmp(block, data, size) == 0;
}

/* Without a digest: the starts of the flash segments, one of which is the
 * description with the version and the time of the build. */
static bool compare_starts(struct agent_state *state,
                           const struct ota_image *image, bool *is_same,
                           struct ota_error *err)
{
    uint8_t *block = (uint8_t *)state->sector;
    for (uint32_t i = 0; *is_same && i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        uint32_t size = segment->size < COMPARED ? segment->size : COMPARED;
        if (!ota_image_segment_is_flash(segment) || size == 0)
            continue;
        if (!get(state, state->offer.twin + segment->offset, block, size, err))
            return false;
        *is_same = is_in_flash(
            state, state->agent->layout.running + segment->offset, block, size);
    }
    return true;
}

bool agent_offer_compare(struct agent_state *state, bool *is_same,
                         struct ota_error *err)
{
    const struct agent_layout *layout = &state->agent->layout;
    const struct agent_offer *offer = &state->offer;
    struct ota_source source = ota_flash_source(state->agent->flash);
    struct ota_image image;
    *is_same =
        ota_image_verify(&image, &source, layout->running, NULL) &&
        (offer->length == image.size ||
         offer->length == image.size + DIGEST_SIZE) &&
        is_in_flash(state, layout->running, offer->twin_head, HEAD_SIZE) &&
        is_in_flash(state, layout->running + offer->length - DIGEST_SIZE,
                    offer->twin_digest, DIGEST_SIZE);
    return !*is_same || offer->length != image.size ||
           compare_starts(state, &image, is_same, err);
}

bool agent_offer_is_written(struct agent_state *state, bool *is_written,
                            struct ota_error *err)
{
    const struct agent_offer *offer = &state->offer;
    uint32_t target = state->agent->layout.target;
    uint32_t end = offer->length - DIGEST_SIZE;
    uint8_t digest[DIGEST_SIZE];
    *is_written = false;
    if (!is_in_flash(state, target, offer->head, HEAD_SIZE))
        return true;
    if (!get(state, offer->offset + end, digest, DIGEST_SIZE, err))
        return false;
    *is_written = is_in_flash(state, target + end, digest, DIGEST_SIZE) &&
                  agent_target_check(state, NULL);
    return true;
}
