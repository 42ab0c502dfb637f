/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: flash dumps. */
#include "verify.h"

struct verify_result verify_dump(const struct verify_options *options,
                                 const struct verify_input *input)
{
    (void)options;
    return verify_failed(input, "flash-dump",
                         (struct ota_error){.code = OTA_E_FILE_UNKNOWN});
}
