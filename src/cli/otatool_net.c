/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of otatool-net, which otatool starts for the network. */
#include "command.h"

const struct command commands[] = {
    {0},
};
