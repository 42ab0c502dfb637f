/* SPDX-License-Identifier: Apache-2.0 */
/* otatool pack --bootloader: one by name, or by the path of its file. */
#ifndef OTATOOL_CLI_PACK_BOOTLOADER_H
#define OTATOOL_CLI_PACK_BOOTLOADER_H

#include "otatool/file.h"
#include <limits.h>

/* Whether the name stands for otatool's own. */
bool pack_bootloader_is_own(const char *name);

/* Its path. folder: where the own one lies; NULL: as installed. */
OTA_CHECKED bool pack_bootloader_find(char path[PATH_MAX], const char *name,
                                      const char *folder,
                                      struct ota_error *err);

/*
 * Gives our bootloader, which is built for no board, the flash settings that
 * the app was configured with: size, frequency, and DOUT where that is
 * wanted. Its header is under no checksum. DIO stays where the app says QIO:
 * the same chips take it, whatever is wired.
 */
void pack_bootloader_adopt(struct ota_file *bootloader,
                           const struct ota_file *app);

#endif
