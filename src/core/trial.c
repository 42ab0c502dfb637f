/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/trial.h"
#include "otatool/crc32.h"

static bool parse(struct ota_otadata *otadata, const struct ota_flash *flash,
                  uint32_t offset, struct ota_error *err)
{
    struct ota_source source = ota_flash_source(flash);
    return ota_otadata_parse(otadata, &source, offset, err);
}

static bool is_on_trial(const struct ota_otadata *otadata, int copy)
{
    return copy >= 0 && otadata->copies[copy].state == OTA_OTADATA_PENDING;
}

/* What was rolled back had been named after the app that runs. */
static bool has_failed(const struct ota_otadata *otadata, int newest, int copy)
{
    const struct ota_otadata_copy *failed = &otadata->copies[copy];
    return failed->state == OTA_OTADATA_ABORTED &&
           failed->crc == ota_crc32_sequence(failed->sequence) &&
           (newest < 0 || failed->sequence > otadata->copies[newest].sequence);
}

bool ota_trial_read(enum ota_trial *trial, uint32_t *slot,
                    const struct ota_flash *flash, uint32_t offset,
                    uint32_t slots, struct ota_error *err)
{
    struct ota_otadata otadata;
    if (!parse(&otadata, flash, offset, err))
        return false;
    int newest = ota_otadata_newest(&otadata);
    *trial = is_on_trial(&otadata, newest) ? OTA_TRIAL_RUNS : OTA_TRIAL_NONE;
    for (int copy = 0; copy < OTA_OTADATA_COPIES; copy++)
        if (has_failed(&otadata, newest, copy)) {
            *trial = OTA_TRIAL_FAILED;
            *slot = (otadata.copies[copy].sequence - 1) % slots;
        }
    return true;
}

bool ota_trial_confirm(const struct ota_flash *flash, uint32_t offset,
                       struct ota_error *err)
{
    struct ota_otadata otadata;
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    if (!parse(&otadata, flash, offset, err))
        return false;
    int newest = ota_otadata_newest(&otadata);
    if (!is_on_trial(&otadata, newest))
        return true;
    ota_otadata_encode(otadata.copies[newest].sequence, OTA_OTADATA_VALID,
                       entry);
    return ota_otadata_store(
        flash, offset + (uint32_t)newest * OTA_OTADATA_COPY_STRIDE, entry, NULL,
        err);
}
