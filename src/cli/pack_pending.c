/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of pack that are not made yet. */
#include "pack.h"

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
