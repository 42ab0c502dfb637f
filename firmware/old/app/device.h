/* SPDX-License-Identifier: Apache-2.0 */
/* What the old app knows of the device it runs on. */
#ifndef OLD_APP_DEVICE_H
#define OLD_APP_DEVICE_H

#include "otatool/flash.h"
#include "otatool/flash_map.h"

struct old_device {
    struct ota_flash flash;
    const struct ota_flash_map *map;
    int running; /* slot, 1 or 2 */
};

_Noreturn void old_app_main(const struct old_device *device);

#endif
