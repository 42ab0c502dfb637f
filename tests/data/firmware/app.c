/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An app of the new SDK in shape only: code and tables in the flash window,
 * some in RAM, and the description of itself that the SDK's apps carry.
 */
#include <stdint.h>

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

__attribute__((section(".description"), used))
const struct description description = {
    .magic = 0xabcd5432,
    .version = "1.0.0",
    .project_name = "hello",
    .time = "12:00:00",
    .date = "Jan  1 2024",
    .idf_version = "v3.4",
};

extern const uint32_t flash_table[0x5000];
extern const uint32_t rodata_table[0x0c00];

static volatile uint32_t counter = 7;

__attribute__((section(".iram"), noinline)) static uint32_t in_ram(uint32_t x)
{
    for (uint32_t i = 0; i < 32; i++)
        x = x & 1 ? x >> 1 ^ 0xedb88320u : x >> 1;
    return x;
}

__attribute__((section(".vectors"), used)) void vector(void)
{
    counter++;
}

__attribute__((section(".entry"))) void call_start_cpu(void)
{
    for (;;)
        counter = in_ram(flash_table[counter & 0x3fff] ^
                         rodata_table[counter & 0x7ff]);
}
