/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/boot_mark.h"
#include "port.h"

static bool is_ours_at(const struct ota_source *source, uint32_t offset,
                       struct ota_image *image)
{
    return ota_image_verify(image, source, offset, NULL) &&
           ota_boot_is_ours(image, source);
}

/* An old boot, which starts what lies behind its sector, fits into that;
 * behind one that does not, there are only remains of it. */
bool port_bootloader_is_ours(const struct ota_flash *flash)
{
    struct ota_source source = ota_flash_source(flash);
    struct ota_image image;
    if (is_ours_at(&source, 0, &image))
        return true;
    return ota_image_verify(&image, &source, 0, NULL) &&
           image.size <= OTA_SECTOR_SIZE &&
           is_ours_at(&source, OTA_SECTOR_SIZE, &image);
}
