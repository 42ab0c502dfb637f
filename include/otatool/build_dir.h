/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the SDK's builds leave behind: which file goes where in flash.
 *
 * The CMake build writes flasher_args.json and flash_project_args; a saved
 * flash command of the make build (download.config) has the same pairs; a
 * bare make build is known by its file names. (components/esptool_py,
 * components/esp8266/Makefile.projbuild of the SDK v3)
 */
#ifndef OTATOOL_BUILD_DIR_H
#define OTATOOL_BUILD_DIR_H

#include "otatool/error.h"
#include <limits.h>
#include <stddef.h>

enum { OTA_BUILD_MAX_FILES = 32 };

struct ota_build_file {
    uint32_t address;
    char path[PATH_MAX]; /* with the folder in front */
};

struct ota_build_dir {
    struct ota_build_file files[OTA_BUILD_MAX_FILES];
    size_t count;
    const char *app;       /* path of the app among files; NULL: not told */
    uint32_t table_offset; /* from the build's sdkconfig; 0: not told */
};

/*
 * Reads a build folder. app, when not NULL, is the file name of the app to
 * take where a make build has several. err->subject is borrowed from folder.
 */
OTA_CHECKED bool ota_build_dir_read(struct ota_build_dir *build,
                                    const char *folder, const char *app,
                                    struct ota_error *err);

#endif
