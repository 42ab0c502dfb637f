/* SPDX-License-Identifier: Apache-2.0 */
#include "app/version.h"

const char app_version[] = APP_VERSION;
const bool app_confirms = APP_CONFIRMS;

/* The description that the SDK's apps carry. (esp_app_format.h) */
struct description {
    uint32_t magic;
    uint32_t secure_version;
    uint32_t reserved1[2];
    char version[32];
    char project_name[32];
    char time[16];
    char date[16];
    char idf_version[32];
    uint8_t elf_sha256[32];
    uint32_t reserved2[20];
};

_Static_assert(sizeof(struct description) == 256, "esp_app_desc_t");

__attribute__((section(".description"),
               used)) static const struct description description = {
    .magic = 0xabcd5432,
    .version = APP_VERSION,
    .project_name = "otatool_sample",
    .idf_version = "none",
};
