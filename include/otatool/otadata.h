/* SPDX-License-Identifier: Apache-2.0 */
/*
 * otadata: which app slot the SDK-v3 bootloader starts.
 *
 * Two copies of {sequence, label, state, CRC of the sequence}, one a sector.
 * The slot is (sequence - 1) mod the number of OTA slots, of the valid copy
 * with the larger sequence. (bootloader_utility.c, esp_ota_ops.c)
 *
 * The SDK v3 counts the state among the label and leaves both erased; later
 * IDFs keep in it what became of an app that was started on trial. A state
 * below a label that is not erased is no state: tools have filled both with
 * zeros. (esp_flash_partitions.h of IDF 4)
 */
#ifndef OTATOOL_OTADATA_H
#define OTATOOL_OTADATA_H

#include "otatool/flash.h"
#include "otatool/partition_table.h"
#include "otatool/source.h"

enum {
    OTA_OTADATA_COPIES = 2,
    OTA_OTADATA_COPY_STRIDE = 0x1000, /* from one copy to the next */
    OTA_OTADATA_SIZE = 0x2000,        /* least size of the partition */
    OTA_OTADATA_ENTRY_SIZE = 32,
    OTA_OTADATA_LABEL_SIZE = 20,
};

enum ota_otadata_state {
    OTA_OTADATA_NEW = 0,     /* to be started on trial */
    OTA_OTADATA_PENDING = 1, /* was started, has not confirmed itself yet */
    OTA_OTADATA_VALID = 2,   /* has confirmed itself */
    OTA_OTADATA_INVALID = 3, /* says of itself that it does not work */
    OTA_OTADATA_ABORTED = 4, /* did not confirm itself, was rolled back */
};
#define OTA_OTADATA_UNDEFINED 0xffffffffu /* no trial */

struct ota_otadata_copy {
    uint32_t sequence;
    uint8_t label[OTA_OTADATA_LABEL_SIZE]; /* unused; kept as read */
    uint32_t stored_state;                 /* kept as read */
    uint32_t state; /* enum ota_otadata_state, _UNDEFINED, or anything */
    uint32_t crc;   /* as stored */
    bool is_valid;  /* the CRC is right, and it may be started */
};

struct ota_otadata {
    struct ota_otadata_copy copies[OTA_OTADATA_COPIES];
};

/* The valid copy that counts, 0 or 1; -1: none. */
int ota_otadata_newest(const struct ota_otadata *otadata);

/* What the bootloader would start. */
enum ota_otadata_choice {
    OTA_OTADATA_SLOT,       /* *slot is set */
    OTA_OTADATA_FACTORY,    /* the factory app */
    OTA_OTADATA_FIRST_SLOT, /* no valid copy, no factory: tries 0 upwards */
};

/* "new" to "aborted", "undefined", and "unknown" for what is none. */
const char *ota_otadata_state_name(uint32_t state);

/* Reads both copies from the partition that starts at offset. */
OTA_CHECKED bool ota_otadata_parse(struct ota_otadata *otadata,
                                   const struct ota_source *source,
                                   uint32_t offset, struct ota_error *err);

/* OTA entries in a table, as the bootloader counts them (any number). */
uint32_t ota_otadata_slots(const struct ota_partition_table *table);

/* Subtypes from ota_0 without a hole, as esp_ota_ops.c counts them. */
uint32_t ota_otadata_consecutive_slots(const struct ota_partition_table *table);

/* The bootloader's choice among slots OTA slots (>= 1). */
enum ota_otadata_choice ota_otadata_choose(const struct ota_otadata *otadata,
                                           uint32_t slots, bool has_factory,
                                           uint32_t *slot);

#define OTA_OTADATA_NO_CHOICE 0xffffffffu /* of a slot: factory is first */

/*
 * The bootloader's order, i from 0 on, as app subtypes: the chosen slot, down
 * to slot 0, factory, then up from the choice, test. False behind the last.
 * (bootloader_utility.c)
 */
bool ota_otadata_order(uint32_t chosen, uint32_t slots, uint32_t i,
                       uint8_t *subtype);

/*
 * What esp_ota_set_boot_partition() writes to start slot: the copy to
 * rewrite (0 or 1) and its new content. With OTA_OTADATA_UNDEFINED the label
 * stays as it is, as with the SDK v3; with a state it is erased. Fails when
 * slot >= slots, and when the sequence would run over 32 bits (where the SDK
 * would search for ever).
 */
OTA_CHECKED bool ota_otadata_switch(const struct ota_otadata *otadata,
                                    uint32_t slot, uint32_t slots,
                                    uint32_t state, int *copy,
                                    uint8_t entry[OTA_OTADATA_ENTRY_SIZE],
                                    struct ota_error *err);

/* An entry of these, with an erased label. */
void ota_otadata_encode(uint32_t sequence, uint32_t state,
                        uint8_t entry[OTA_OTADATA_ENTRY_SIZE]);

enum {
    OTA_OTADATA_RECORD = 64, /* where in the sector; behind the entry */
    OTA_OTADATA_RECORD_SIZE = 24,
};

/*
 * Replaces what the sector at offset holds by an entry, and by a record for
 * it unless that is NULL. Cut off at any point there is the old entry, none,
 * or the new one with its record, but never one with another's state: the
 * old one is made invalid before it is erased, the new one valid last.
 */
OTA_CHECKED bool
ota_otadata_store(const struct ota_flash *flash, uint32_t offset,
                  const uint8_t entry[OTA_OTADATA_ENTRY_SIZE],
                  const uint8_t record[OTA_OTADATA_RECORD_SIZE],
                  struct ota_error *err);

#endif
