/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/target.h"
#include "agent/offer.h"
#include "otatool/trial.h"
#include <string.h>

enum { DIGEST_SIZE = AGENT_DIGEST_SIZE };

/* --- checking ----------------------------------------------------------- */

/* The slot as far as it was written: nothing behind it counts. */
static struct ota_source slot_source(const struct agent_state *state)
{
    struct ota_source source = ota_flash_source(state->agent->flash);
    uint32_t end = state->agent->layout.target + state->offer.length;
    if (end < source.size)
        source.size = end;
    return source;
}

static bool check_length(const struct agent_state *state,
                         const struct ota_image *image, struct ota_error *err)
{
    uint32_t size = image->size + DIGEST_SIZE;
    uint32_t length = state->offer.length;
    if (length == size)
        return true;
    return ota_fail(err,
                    length < size ? OTA_E_IMAGE_DIGEST : OTA_E_APP_TRAILING,
                    .part = "app", .offset = state->agent->layout.target,
                    .expected = size, .actual = length);
}

static bool digest_flash(struct agent_state *state, uint32_t size,
                         uint8_t *digest, struct ota_error *err)
{
    const struct agent_sha256 *sha256 = state->agent->sha256;
    uint32_t at = state->agent->layout.target;
    sha256->start(sha256->context);
    while (size > 0) {
        uint32_t step = size < OTA_SECTOR_SIZE ? size : OTA_SECTOR_SIZE;
        if (!ota_flash_read(state->agent->flash, at, state->sector, step, err))
            return false;
        sha256->update(sha256->context, state->sector, step);
        at += step;
        size -= step;
    }
    sha256->finish(sha256->context, digest);
    return true;
}

static bool check_digest(struct agent_state *state,
                         const struct ota_image *image, struct ota_error *err)
{
    struct ota_source source = slot_source(state);
    uint8_t stored[DIGEST_SIZE];
    uint8_t actual[DIGEST_SIZE];
    if (!digest_flash(state, image->size, actual, err))
        return false;
    return (ota_image_stored_digest(image, &source, stored) &&
            memcmp(stored, actual, DIGEST_SIZE) == 0) ||
           ota_fail(err, OTA_E_IMAGE_DIGEST, .part = "app",
                    .offset = image->offset + image->size);
}

static bool check_link(const struct agent_state *state,
                       const struct ota_image *image, struct ota_error *err)
{
    const struct agent_layout *layout = &state->agent->layout;
    uint32_t link;
    if (ota_image_link_slot(image, &link) &&
        image->entry >= OTA_IMAGE_FLASH_WINDOW &&
        image->entry < OTA_IMAGE_FLASH_WINDOW_END)
        return agent_offer_link(layout, link, state->offer.length, err);
    return ota_fail(err, OTA_E_UPDATE_LINK, .part = "app",
                    .offset = layout->target, .actual = image->entry);
}

static bool check_size(const struct agent_state *state, struct ota_error *err)
{
    const struct agent_layout *layout = &state->agent->layout;
    return state->offer.length <= layout->target_size ||
           ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                    .offset = layout->target, .expected = layout->target_size,
                    .actual = state->offer.length);
}

bool agent_target_check(struct agent_state *state, struct ota_error *err)
{
    struct ota_source source = slot_source(state);
    struct ota_image image;
    return ota_image_verify(&image, &source, state->agent->layout.target,
                            err) &&
           check_length(state, &image, err) &&
           check_digest(state, &image, err) && check_link(state, &image, err) &&
           check_size(state, err);
}

/* --- otadata ------------------------------------------------------------ */

static bool read_otadata(const struct agent_state *state,
                         struct ota_otadata *otadata, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(state->agent->flash);
    return ota_otadata_parse(otadata, &source, state->agent->layout.otadata,
                             err);
}

static bool is_named(const struct agent_state *state,
                     const struct ota_otadata *otadata, uint32_t index)
{
    uint32_t slot;
    return ota_otadata_choose(otadata, state->agent->layout.slots, false,
                              &slot) == OTA_OTADATA_SLOT &&
           slot == index;
}

static bool name_slot(const struct agent_state *state, uint32_t index,
                      uint32_t kind, struct ota_error *err)
{
    const struct agent_layout *layout = &state->agent->layout;
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    struct ota_otadata otadata;
    int copy;
    if (!read_otadata(state, &otadata, err) ||
        !ota_otadata_switch(&otadata, index, layout->slots, kind, &copy, entry,
                            err))
        return false;
    uint32_t at = layout->otadata + (uint32_t)copy * OTA_OTADATA_COPY_STRIDE;
    if (!ota_otadata_store(state->agent->flash, at, entry, NULL, err) ||
        !read_otadata(state, &otadata, err))
        return false;
    return is_named(state, &otadata, index) ||
           ota_fail(err, OTA_E_FLASH_READBACK, .part = "otadata", .offset = at);
}

bool agent_target_start(const struct agent_state *state, struct ota_error *err)
{
    return name_slot(state, state->agent->layout.target_index,
                     state->agent->on_trial ? (uint32_t)OTA_OTADATA_NEW
                                            : OTA_OTADATA_UNDEFINED,
                     err);
}

bool agent_target_leave(const struct agent_state *state, struct ota_error *err)
{
    uint32_t index = state->agent->layout.running_index;
    struct ota_otadata otadata;
    if (index == AGENT_NO_SLOT)
        return true;
    if (!read_otadata(state, &otadata, err))
        return false;
    return is_named(state, &otadata, index) ||
           name_slot(state, index, OTA_OTADATA_UNDEFINED, err);
}

/* --- trials ------------------------------------------------------------- */

static bool read_trial(const struct agent_state *state, enum ota_trial *trial,
                       uint32_t *slot, struct ota_error *err)
{
    const struct agent_layout *layout = &state->agent->layout;
    return ota_trial_read(trial, slot, state->agent->flash, layout->otadata,
                          layout->slots, err);
}

bool agent_target_may_write(const struct agent_state *state,
                            struct ota_error *err)
{
    enum ota_trial trial;
    uint32_t slot;
    if (!read_trial(state, &trial, &slot, err))
        return false;
    return trial != OTA_TRIAL_RUNS ||
           ota_fail(err, OTA_E_UPDATE_UNCONFIRMED, .part = "app",
                    .offset = state->agent->layout.running);
}

bool agent_target_may_start(const struct agent_state *state,
                            struct ota_error *err)
{
    const struct agent_layout *layout = &state->agent->layout;
    enum ota_trial trial;
    uint32_t slot;
    if (!read_trial(state, &trial, &slot, err))
        return false;
    return trial != OTA_TRIAL_FAILED || slot != layout->target_index ||
           ota_fail(err, OTA_E_UPDATE_ROLLED_BACK, .part = "app",
                    .offset = layout->target);
}

bool agent_target_confirm(const struct agent_state *state,
                          struct ota_error *err)
{
    enum ota_trial trial;
    uint32_t slot;
    if (!read_trial(state, &trial, &slot, err))
        return false;
    if (trial != OTA_TRIAL_RUNS)
        return true;
    if (!ota_trial_confirm(state->agent->flash, state->agent->layout.otadata,
                           err))
        return false;
    agent_tell(state, AGENT_CONFIRMED, 0, NULL);
    return true;
}
