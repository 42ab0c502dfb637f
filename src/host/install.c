/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/install.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Seen from the folder of the program. */
static const char *const places[] = {
    "share/otatool/firmware", "../share/otatool/firmware",
    "../../share/otatool/firmware", /* programs in libexec/otatool */
};

static bool is_there(char path[PATH_MAX], const char *folder, const char *place,
                     const char *name)
{
    int length = snprintf(path, PATH_MAX, "%s/%s%s%s", folder, place,
                          *place ? "/" : "", name);
    return length < PATH_MAX && access(path, R_OK) == 0;
}

static bool own_folder(char self[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", self, PATH_MAX - 1);
    if (length < 0)
        return false;
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    return true;
}

bool ota_install_find(char path[PATH_MAX], const char *folder, const char *name,
                      struct ota_error *err)
{
    char self[PATH_MAX];
    if (folder)
        return is_there(path, folder, "", name) ||
               ota_fail(err, OTA_E_FIRMWARE_FILES, .subject = name);
    for (size_t i = 0;
         own_folder(self) && i < sizeof(places) / sizeof(places[0]); i++)
        if (is_there(path, self, places[i], name))
            return true;
    return ota_fail(err, OTA_E_FIRMWARE_FILES, .subject = name);
}
