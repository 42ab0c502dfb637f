/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the flasher share. */
#ifndef OTATOOL_FLASHER_FLASHER_PARTS_H
#define OTATOOL_FLASHER_FLASHER_PARTS_H

#include "otatool/flasher.h"

/* A step that may be done again. */
typedef bool flasher_step(struct ota_flasher *flasher, void *context,
                          struct ota_error *err);

/* Does a step until it succeeds, with recoveries between. */
OTA_CHECKED bool flasher_retry(struct ota_flasher *flasher, flasher_step *step,
                               void *context, struct ota_error *err);

/* Whether flash holds data; of whole sectors. */
OTA_CHECKED bool flasher_compare(struct ota_flasher *flasher, uint32_t offset,
                                 const uint8_t *data, uint32_t size,
                                 bool *is_same, struct ota_error *err);

OTA_CHECKED bool flasher_digest(struct ota_flasher *flasher, uint32_t offset,
                                uint32_t size, uint8_t md5[OTA_LOADER_MD5_SIZE],
                                struct ota_error *err);

void flasher_progress(struct ota_flasher *flasher, enum ota_flasher_stage stage,
                      uint32_t done, uint32_t total);

#endif
