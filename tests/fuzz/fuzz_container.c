/* SPDX-License-Identifier: Apache-2.0 */
/* A container's pieces follow each other inside the source. */
#include "otatool/image.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_container container;
    struct ota_source source = ota_source_memory(data, size);
    bool is_good = ota_container_verify(&container, &source, NULL);
    if (!ota_container_parse(&container, &source, NULL)) {
        if (is_good)
            abort();
        return 0;
    }
    if (container.irom_offset + container.irom_size != container.image.offset ||
        container.image.offset + container.image.size != container.crc_offset ||
        container.crc_offset > size ||
        container.has_crc != (size - container.crc_offset >= 4))
        abort();
    return 0;
}
