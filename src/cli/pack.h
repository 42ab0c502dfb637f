/* SPDX-License-Identifier: Apache-2.0 */
/* The options of otatool pack, shared by its three kinds. */
#ifndef OTATOOL_CLI_PACK_H
#define OTATOOL_CLI_PACK_H

#include "command.h"
#include "judge.h"

enum pack_kind {
    PACK_V2_TO_V3, /* an old device's step to the new SDK */
    PACK_OTA,      /* new to new */
    PACK_OLD,      /* a user1/user2 image for an old device */
};

enum pack_slot { SLOT_UNSTAMPED, SLOT_USER1, SLOT_USER2, SLOT_BOTH };

struct pack_options {
    struct common common;
    enum pack_kind kind;
    enum pack_slot slot;
    bool no_verify;
    const char *output;         /* NULL: a name made from the app's */
    const char *app;            /* NULL: the part with the highest address */
    struct judge_options judge; /* --for, --table-offset */
    const char *bootloader;     /* "otatool" or a path; NULL: a part */
    const char *firmware;       /* where "otatool" lies; NULL: installed */
    const char *boot;           /* --kind old: none, 1.1 or 1.2+ */
    const char *flash_mode;     /* --kind old: qio, qout, dio, dout */
    const char *flash_freq;     /* --kind old: 40m, 26m, 20m, 80m */
    char **arguments; /* what is left: ADDR FILE pairs, a folder, files */
    int argument_count;
};

/* Each makes its kind of file and is the exit status. */
int pack_v2_to_v3(const struct pack_options *options);
int pack_ota(const struct pack_options *options);
int pack_old(const struct pack_options *options);

#endif
