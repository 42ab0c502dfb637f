/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/otadata.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include <string.h>

#define BLANK 0xffffffffu /* the sequence of an erased copy */

enum {
    LABEL = 4, /* offsets in a copy */
    STATE = 24,
    CRC = 28,
};

static bool has_label(const struct ota_otadata_copy *copy)
{
    for (uint32_t i = 0; i < sizeof(copy->label); i++)
        if (copy->label[i] != 0xff)
            return true;
    return false;
}

static struct ota_otadata_copy decode(const uint8_t *bytes)
{
    struct ota_otadata_copy copy = {
        .sequence = read_le32(bytes),
        .stored_state = read_le32(bytes + STATE),
        .crc = read_le32(bytes + CRC),
    };
    memcpy(copy.label, bytes + LABEL, sizeof(copy.label));
    copy.state = has_label(&copy) ? OTA_OTADATA_UNDEFINED : copy.stored_state;
    copy.is_valid = copy.sequence != BLANK &&
                    copy.crc == ota_crc32_sequence(copy.sequence) &&
                    copy.state != OTA_OTADATA_INVALID &&
                    copy.state != OTA_OTADATA_ABORTED;
    return copy;
}

const char *ota_otadata_state_name(uint32_t state)
{
    static const char *const names[] = {
        [OTA_OTADATA_NEW] = "new",         [OTA_OTADATA_PENDING] = "pending",
        [OTA_OTADATA_VALID] = "valid",     [OTA_OTADATA_INVALID] = "invalid",
        [OTA_OTADATA_ABORTED] = "aborted",
    };
    if (state == OTA_OTADATA_UNDEFINED)
        return "undefined";
    return state <= OTA_OTADATA_ABORTED ? names[state] : "unknown";
}

bool ota_otadata_parse(struct ota_otadata *otadata,
                       const struct ota_source *source, uint32_t offset,
                       struct ota_error *err)
{
    memset(otadata, 0, sizeof(*otadata));
    if (offset > UINT32_MAX - OTA_OTADATA_SIZE)
        return ota_fail(err, OTA_E_TRUNCATED, .part = "otadata",
                        .offset = offset,
                        .expected = (uint64_t)offset + OTA_OTADATA_SIZE,
                        .actual = source->size);
    for (uint32_t i = 0; i < OTA_OTADATA_COPIES; i++) {
        uint8_t bytes[OTA_OTADATA_ENTRY_SIZE];
        if (!ota_source_read(source, offset + i * OTA_OTADATA_COPY_STRIDE,
                             bytes, sizeof(bytes), err))
            return false;
        otadata->copies[i] = decode(bytes);
    }
    return true;
}

static bool is_slot(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_APP &&
           partition->subtype >= OTA_PARTITION_APP_OTA_0 &&
           partition->subtype < OTA_PARTITION_APP_TEST;
}

uint32_t ota_otadata_slots(const struct ota_partition_table *table)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < table->count; i++)
        slots += is_slot(&table->entries[i]);
    return slots;
}

uint32_t ota_otadata_consecutive_slots(const struct ota_partition_table *table)
{
    uint8_t subtype = OTA_PARTITION_APP_OTA_0;
    while (subtype < OTA_PARTITION_APP_TEST &&
           ota_partition_table_find(table, OTA_PARTITION_APP, subtype))
        subtype++;
    return subtype - (uint32_t)OTA_PARTITION_APP_OTA_0;
}

/* Both places that decide this in the SDK take the first copy when the
 * sequences are equal. */
int ota_otadata_newest(const struct ota_otadata *otadata)
{
    const struct ota_otadata_copy *copies = otadata->copies;
    if (copies[0].is_valid && copies[1].is_valid)
        return copies[0].sequence >= copies[1].sequence ? 0 : 1;
    return copies[0].is_valid ? 0 : copies[1].is_valid ? 1 : -1;
}

enum ota_otadata_choice ota_otadata_choose(const struct ota_otadata *otadata,
                                           uint32_t slots, bool has_factory,
                                           uint32_t *slot)
{
    int copy = ota_otadata_newest(otadata);
    if (copy >= 0 && slots > 0) {
        *slot = (otadata->copies[copy].sequence - 1) % slots;
        return OTA_OTADATA_SLOT;
    }
    return has_factory ? OTA_OTADATA_FACTORY : OTA_OTADATA_FIRST_SLOT;
}

bool ota_otadata_order(uint32_t chosen, uint32_t slots, uint32_t i,
                       uint8_t *subtype)
{
    uint32_t down = chosen + 1; /* slots before factory; none: 0 */
    uint32_t last = slots > down ? slots : down;
    if (i < down)
        *subtype = (uint8_t)(OTA_PARTITION_APP_OTA_0 + chosen - i);
    else if (i == down)
        *subtype = OTA_PARTITION_APP_FACTORY;
    else if (i <= last)
        *subtype = (uint8_t)(OTA_PARTITION_APP_OTA_0 + i - 1);
    else if (i == last + 1)
        *subtype = OTA_PARTITION_APP_TEST;
    else
        return false;
    return true;
}

/* The least number that is not below base and is residue modulo slots;
 * false where it does not fit a sequence. */
static bool next_sequence(uint32_t base, uint32_t residue, uint32_t slots,
                          uint32_t *sequence)
{
    uint32_t step = (residue + slots - base % slots) % slots;
    if (step >= BLANK - base)
        return false;
    *sequence = base + step;
    return true;
}

void ota_otadata_encode(uint32_t sequence, uint32_t state,
                        uint8_t entry[OTA_OTADATA_ENTRY_SIZE])
{
    write_le32(entry, sequence);
    memset(entry + LABEL, 0xff, OTA_OTADATA_LABEL_SIZE);
    write_le32(entry + STATE, state);
    write_le32(entry + CRC, ota_crc32_sequence(sequence));
}

/* What stands where the SDK v3 has nothing but a label. */
static void keep_label(const struct ota_otadata_copy *copy, uint8_t *entry)
{
    memcpy(entry + LABEL, copy->label, OTA_OTADATA_LABEL_SIZE);
    if (has_label(copy))
        write_le32(entry + STATE, copy->stored_state);
}

bool ota_otadata_switch(const struct ota_otadata *otadata, uint32_t slot,
                        uint32_t slots, uint32_t state, int *copy,
                        uint8_t entry[OTA_OTADATA_ENTRY_SIZE],
                        struct ota_error *err)
{
    if (slot >= slots)
        return ota_fail(err, OTA_E_OTADATA_SLOT, .part = "otadata",
                        .expected = slots ? slots - 1 : 0, .actual = slot);
    uint32_t sequence = slot + 1;
    int base = ota_otadata_newest(otadata);
    if (base >= 0 && !next_sequence(otadata->copies[base].sequence,
                                    (slot + 1) % slots, slots, &sequence))
        return ota_fail(err, OTA_E_OTADATA_SEQUENCE, .part = "otadata copy",
                        .index = (uint32_t)base + 1, .expected = BLANK - 1,
                        .actual = otadata->copies[base].sequence);
    *copy = base == 0 ? 1 : 0;
    ota_otadata_encode(sequence, state, entry);
    if (state == OTA_OTADATA_UNDEFINED)
        keep_label(&otadata->copies[*copy], entry);
    return true;
}

/* --- in flash ----------------------------------------------------------- */

enum { WORDS = (OTA_OTADATA_RECORD + OTA_OTADATA_RECORD_SIZE) / 4 };

/* A part-done erase may change a state and leave the CRC right. */
static bool invalidate(const struct ota_flash *flash, uint32_t offset,
                       struct ota_error *err)
{
    const uint32_t nothing = 0;
    uint32_t words[OTA_OTADATA_ENTRY_SIZE / 4];
    if (!ota_flash_read(flash, offset, words, sizeof(words), err))
        return false;
    return !decode((const uint8_t *)words).is_valid ||
           ota_flash_write(flash, offset + CRC, &nothing, sizeof(nothing), err);
}

/* All but what makes the entry valid. */
static bool write_body(const struct ota_flash *flash, uint32_t offset,
                       const uint32_t *entry, const uint8_t *record,
                       struct ota_error *err)
{
    uint32_t words[WORDS];
    bool is_blank = true;
    memset(words, 0xff, sizeof(words));
    memcpy(words + LABEL / 4, entry + LABEL / 4, CRC - LABEL);
    if (record)
        memcpy(words + OTA_OTADATA_RECORD / 4, record, OTA_OTADATA_RECORD_SIZE);
    for (uint32_t i = 0; i < WORDS; i++)
        is_blank &= words[i] == BLANK;
    return is_blank ||
           ota_flash_write(flash, offset, words, sizeof(words), err);
}

bool ota_otadata_store(const struct ota_flash *flash, uint32_t offset,
                       const uint8_t entry[OTA_OTADATA_ENTRY_SIZE],
                       const uint8_t record[OTA_OTADATA_RECORD_SIZE],
                       struct ota_error *err)
{
    uint32_t words[OTA_OTADATA_ENTRY_SIZE / 4];
    memcpy(words, entry, sizeof(words));
    return invalidate(flash, offset, err) &&
           ota_flash_erase(flash, offset, err) &&
           write_body(flash, offset, words, record, err) &&
           ota_flash_write(flash, offset, words, sizeof(words), err);
}
