/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of pack that are not made yet. */
#include "pack.h"
#include "verify.h"

int pack_ota(const struct pack_options *options)
{
    (void)options;
    command_usage("pack", "--kind ota is not there yet");
}

int pack_old(const struct pack_options *options)
{
    (void)options;
    command_usage("pack", "--kind old is not there yet");
}

struct verify_result verify_dump(const struct verify_options *options,
                                 const struct verify_input *input)
{
    (void)options;
    return verify_failed(input, "flash-dump",
                         (struct ota_error){.code = OTA_E_IMAGE_MAGIC});
}
