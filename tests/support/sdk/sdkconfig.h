/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration that tests can change. */
#ifndef SDKCONFIG_H
#define SDKCONFIG_H

#include "sdk_board.h"

#define CONFIG_OTATOOL_WIFI_SSID "myssid"
#define CONFIG_OTATOOL_WIFI_PASSWORD "mypassword"
#define CONFIG_OTATOOL_SERVER "192.168.0.3"
#define CONFIG_OTATOOL_PORT 8070
#define CONFIG_OTATOOL_PATH "/hello_world.v2_to_v3.ota.bin"
#define CONFIG_OTATOOL_OLD_AP (sdk_board()->old_ap)
#define CONFIG_OTATOOL_OLD_RF (sdk_board()->old_rf)
#define CONFIG_OTATOOL_ON_TRIAL (sdk_board()->on_trial)
#define CONFIG_OTATOOL_SDK_BOOT_COPIES (sdk_board()->sdk_boot_copies)
#define CONFIG_PARTITION_TABLE_OFFSET (sdk_board()->table_offset)

#endif
