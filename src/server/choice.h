/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The right file for who asks: a pure decision.
 *
 * A file that a device cannot survive is never handed to it, whatever the
 * URL; where nothing tells what is safe, the answer is none.
 */
#ifndef OTATOOL_SERVER_CHOICE_H
#define OTATOOL_SERVER_CHOICE_H

#include "family.h"
#include "otatool/catalog.h"

enum choice {
    CHOICE_NONE,
    CHOICE_AS_IS,
    CHOICE_STAMPED,   /* the pack, stamped for the slot that is asked for */
    CHOICE_APP_ALONE, /* the app, out of the pack */
};

struct choice_made {
    enum choice choice;
    const char *reason; /* static */
};

/* For a file that the target names. */
struct choice_made choice_of_file(enum family family, int slot,
                                  const struct ota_catalog_facts *facts);

/* For the pack, or NULL, and the app, or NULL, that are on offer. *is_new
 * tells which of them the choice is about. */
struct choice_made choice_of_offer(enum family family, int slot,
                                   const struct ota_catalog_facts *pack,
                                   const struct ota_catalog_facts *app,
                                   bool *is_new);

#endif
