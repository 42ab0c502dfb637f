/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files in, whole files out.
 *
 * Loading has a ceiling. Saving is atomic: the bytes go to a temporary file
 * beside the target, are synced, and take the target's name in one step; a
 * failure leaves what was there before. A target that is no regular file
 * (a pipe, /dev/stdout) is written to directly.
 */
#ifndef OTATOOL_FILE_H
#define OTATOOL_FILE_H

#include "otatool/error.h"
#include <stddef.h>

/* The largest flash the chip can address, and so the largest useful file. */
#define OTA_FILE_CEILING ((size_t)16 * 1024 * 1024)

struct ota_file {
    uint8_t *data; /* owned; NULL when empty */
    size_t size;
};

/* Reads a whole file of at most ceiling bytes. err->subject is path. */
OTA_CHECKED bool ota_file_load(struct ota_file *file, const char *path,
                               size_t ceiling, struct ota_error *err);

/* Frees what load made; an all-zero or released struct is fine. */
void ota_file_release(struct ota_file *file);

/* Writes size bytes to path, all or nothing. */
OTA_CHECKED bool ota_file_save(const char *path, const void *data, size_t size,
                               struct ota_error *err);

/*
 * Fails with OTA_E_OUTPUT_IS_INPUT when both paths name one existing file,
 * by whatever links; a path that does not exist is no input.
 */
OTA_CHECKED bool ota_file_differ(const char *output, const char *input,
                                 struct ota_error *err);

#endif
