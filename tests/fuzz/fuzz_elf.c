/* SPDX-License-Identifier: Apache-2.0 */
/* What is found in a program lies inside of it. */
#include "otatool/elf.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_elf elf;
    struct ota_elf_section section;
    uint32_t value;
    if (!ota_elf_parse(&elf, data, size, NULL))
        return 0;
    if (ota_elf_section(&elf, ".text", &section) && section.data &&
        (section.data < data || section.data > data + size ||
         section.size > (size_t)(data + size - section.data)))
        abort();
    ota_elf_symbol(&elf, "call_user_start1", OTA_ELF_CODE, &value);
    return 0;
}
