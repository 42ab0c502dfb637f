/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of otatool-net, which otatool starts for the network. */
#include "command.h"

const struct command commands[] = {
    {"serve", "serve firmware to old and new devices", cmd_serve},
    {"fetch", "download with resume and check", cmd_fetch},
    {"verify-url", "judge a served URL", cmd_verify_url},
    {0},
};
