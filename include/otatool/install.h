/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files lie that are installed with otatool: the device side's
 * images, share/otatool/firmware.
 */
#ifndef OTATOOL_INSTALL_H
#define OTATOOL_INSTALL_H

#include "otatool/error.h"
#include <limits.h>

/*
 * The path of one of them: in folder when that is not NULL, else beside the
 * program that runs, as built or as installed. Fails with
 * OTA_E_FIRMWARE_FILES, err->subject name, where it is not.
 */
OTA_CHECKED bool ota_install_find(char path[PATH_MAX], const char *folder,
                                  const char *name, struct ota_error *err);

#endif
