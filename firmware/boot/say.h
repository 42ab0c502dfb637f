/* SPDX-License-Identifier: Apache-2.0 */
/* What the boot says on the serial console, at the rate the ROM left. */
#ifndef BOOT_SAY_H
#define BOOT_SAY_H

#include "otatool/bootloader.h"

void say_line(const char *text);
void say_event(enum ota_bootloader_event event, uint32_t value);
void say_error(const struct ota_error *err);

/* One line each quarter. */
void say_progress(uint32_t done, uint32_t total);

/* Where we are, and in what flash. */
void say_site(const struct ota_boot_site *site, uint32_t flash_size);

#endif
