/* SPDX-License-Identifier: Apache-2.0 */
/* Every file is of some kind, and of the same kind each time. */
#include "otatool/kind.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_source source = ota_source_memory(data, size);
    enum ota_kind kind = ota_kind_of(&source);
    if (kind >= OTA_KIND_COUNT || kind != ota_kind_of(&source))
        abort();
    return 0;
}
