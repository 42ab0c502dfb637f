/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to the bytes it gets: the file of that name, another form
 * of it, what is on offer for all, or none.
 */
#ifndef OTATOOL_SERVER_OFFER_H
#define OTATOOL_SERVER_OFFER_H

#include "choice.h"
#include "shared.h"

/* What is on offer beside the folder; catalogs of one file each. */
struct offers {
    struct ota_catalog *old; /* a pack, or NULL */
    struct ota_catalog *new; /* an app, or NULL */
};

/* Opens what the options name and checks that it is what it should be. */
OTA_CHECKED bool offers_open(struct offers *offers,
                             const struct ota_server_options *options,
                             struct ota_error *err);
void offers_release(struct offers *offers);

/* How many files there are to choose from; one is on offer when there is but
 * one, and name is its name. Takes the lock. */
unsigned offers_count(struct shared *shared, bool is_new, char *name,
                      size_t size);

struct offered {
    unsigned status;
    struct ota_catalog_entry *entry; /* to be given back; NULL unless 200 */
    const char *file;                /* what it is; static */
    const char *reason;              /* why this one; static */
    bool is_last; /* the client wants to close, or the server to, soon */
};

/* Notes what has changed in the folder and on offer; takes the lock. */
void offers_look(struct shared *shared);

/* Under the lock of shared. */
struct offered offer_find(struct shared *shared, const struct head *head,
                          const struct client_kind *kind);

#endif
