/* SPDX-License-Identifier: Apache-2.0 */
#include "update_subject.h"
#include "otatool/trial.h"
#include <stdlib.h>
#include <string.h>

enum {
    MOST_RESTARTS = 24,
    OLD_SECTORS = 4,
    NEW_SECTORS = BOOT_WORLD_SECTORS,
    OLD_SEED = 1,
    NEW_SEED = 2,
    SLOTS = 2,
};

/* --- the flash before --------------------------------------------------- */

static uint32_t size_of_app(const struct update_subject *subject,
                            uint32_t offset)
{
    struct ota_source source = ota_flash_source(&subject->world.nor.flash);
    struct ota_image image;
    if (!ota_image_verify(&image, &source, offset, NULL))
        abort();
    return image.size + OTA_IMAGE_DIGEST_SIZE;
}

void update_subject_init(struct update_subject *subject,
                         const struct update_kind *kind)
{
    struct boot_world *world = &subject->world;
    memset(subject, 0, sizeof(*subject));
    subject->kind = *kind;
    boot_world_init(world, kind->flash_size);
    subject->new_at =
        kind->flash_size > 0x100000 ? BOOT_WORLD_OTA_1_HIGH : BOOT_WORLD_OTA_1;
    memset(world->nor.data + subject->new_at, 0x5a,
           (NEW_SECTORS + 3) * OTA_SECTOR_SIZE);
    boot_world_put_app(world, BOOT_WORLD_OTA_0, OLD_SECTORS, OLD_SEED);
    boot_world_put_app(world, subject->new_at, NEW_SECTORS, NEW_SEED);
    boot_world_name(world, 0, OTA_OTADATA_UNDEFINED);
    boot_world_name(world, 1, kind->state);
    subject->old_size = size_of_app(subject, BOOT_WORLD_OTA_0);
    subject->new_size = size_of_app(subject, subject->new_at);
}

void update_subject_release(struct update_subject *subject)
{
    boot_world_release(&subject->world);
}

void update_subject_put(const struct update_subject *subject,
                        struct ota_chip *chip)
{
    ota_chip_put(chip, 0, subject->world.nor.data, subject->kind.flash_size);
}

/* --- running ------------------------------------------------------------ */

static struct ota_bootloader_next start(const struct update_subject *subject,
                                        struct ota_chip *chip)
{
    uint32_t sector[OTA_SECTOR_SIZE / 4];
    struct ota_bootloader loader = {
        .flash = &chip->flash,
        .code = {0x40100000, subject->world.code, sizeof(subject->world.code)},
        .sector = (uint8_t *)sector,
    };
    ota_chip_power_on(chip);
    return ota_bootloader_run(&loader);
}

static bool is_app(const struct update_subject *subject,
                   const struct ota_chip *chip, uint32_t at, uint32_t before,
                   uint32_t size)
{
    return memcmp(chip->data + at, subject->world.nor.data + before, size) == 0;
}

static enum ota_rehearsal_end identify(const struct update_subject *subject,
                                       const struct ota_chip *chip, uint32_t at)
{
    if (is_app(subject, chip, at, subject->new_at, subject->new_size))
        return OTA_REHEARSAL_APP;
    return is_app(subject, chip, at, BOOT_WORLD_OTA_0, subject->old_size)
               ? OTA_REHEARSAL_OLD
               : OTA_REHEARSAL_DAMAGED;
}

/* What the new app does when it starts; false: it restarts the device. */
static bool live(const struct update_subject *subject, struct ota_chip *chip)
{
    enum ota_trial trial;
    uint32_t slot;
    if (!ota_trial_read(&trial, &slot, &chip->flash, BOOT_WORLD_OTADATA, SLOTS,
                        NULL) ||
        trial != OTA_TRIAL_RUNS)
        return true;
    return subject->kind.app == UPDATE_APP_GOOD &&
           ota_trial_confirm(&chip->flash, BOOT_WORLD_OTADATA, NULL);
}

static enum ota_rehearsal_end run(const struct update_subject *subject,
                                  struct ota_chip *chip)
{
    for (int i = 0; i < MOST_RESTARTS; i++) {
        struct ota_bootloader_next next = start(subject, chip);
        if (chip->at.is_off)
            break;
        if (!next.starts_app)
            continue;
        enum ota_rehearsal_end end = identify(subject, chip, next.offset);
        if (end != OTA_REHEARSAL_APP || live(subject, chip))
            return end;
        if (chip->at.is_off)
            break;
    }
    return OTA_REHEARSAL_RESTARTS;
}

/* The same app, start after start, and nothing written any more. */
static bool stays(const struct update_subject *subject, struct ota_chip *chip,
                  enum ota_rehearsal_end end)
{
    enum { MOST_ROUNDS = 6, LEAST_ROUNDS = 2 };
    for (int i = 0; i < MOST_ROUNDS; i++) {
        struct ota_chip_counts before = chip->at.counts;
        if (run(subject, chip) != end)
            return false;
        if (i >= LEAST_ROUNDS && before.erases == chip->at.counts.erases &&
            before.programs == chip->at.counts.programs)
            return true;
    }
    return false;
}

static bool has_settled(struct update_subject *subject, struct ota_chip *chip,
                        enum ota_rehearsal_end end)
{
    uint64_t digest = ota_chip_digest(chip);
    struct ota_chip_mark mark = ota_chip_mark(chip);
    ota_chip_watch *watch = chip->watch;
    if (subject->settled == digest)
        return true;
    chip->watch = NULL;
    bool ok = stays(subject, chip, end);
    ota_chip_rollback(chip, &mark);
    chip->watch = watch;
    if (ok)
        subject->settled = digest;
    return ok;
}

enum ota_rehearsal_end update_subject_power_on(void *context,
                                               struct ota_chip *chip)
{
    struct update_subject *subject = context;
    enum ota_rehearsal_end end = run(subject, chip);
    if (chip->at.is_off || ota_rehearsal_is_lost(end))
        return end;
    return has_settled(subject, chip, end) ? end : OTA_REHEARSAL_DAMAGED;
}
