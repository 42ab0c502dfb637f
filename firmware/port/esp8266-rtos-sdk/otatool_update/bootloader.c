/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/boot_mark.h"
#include "port.h"

static bool is_ours_at(const struct ota_source *source, uint32_t offset)
{
    struct ota_image image;
    return ota_image_verify(&image, source, offset, NULL) &&
           ota_boot_is_ours(&image, source);
}

/* An old boot starts what lies behind its sector. Any other bootloader at 0
 * is larger than that, and leaves nothing whole there. */
bool port_bootloader_is_ours(const struct ota_flash *flash)
{
    struct ota_source source = ota_flash_source(flash);
    return is_ours_at(&source, 0) || is_ours_at(&source, OTA_SECTOR_SIZE);
}
