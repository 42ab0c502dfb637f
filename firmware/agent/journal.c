/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/journal.h"
#include "agent/text.h"
#include "otatool/crc32.h"
#include "otatool/otadata.h"
#include <string.h>

enum {
    RECORD = 64, /* offsets in the sector */
    MARKS = 128,
    MOST_MARKS = (OTA_SECTOR_SIZE - MARKS) / 4,
    KEPT = RECORD, /* bytes of the copy that stay */
};

#define MAGIC 0x4c4e524au /* "JRNL" */

struct record {
    uint32_t magic;
    uint8_t identity[AGENT_DIGEST_SIZE];
    uint32_t crc; /* of the rest */
};

/* --- identity ----------------------------------------------------------- */

static void digest_text(const struct agent_sha256 *sha256, const char *text)
{
    sha256->update(sha256->context, text,
                   agent_text_size(text, AGENT_TEXT_SIZE) + 1);
}

/* The digest at the app's end is the best of it: even a server without
 * validators cannot make the agent go on with another file. */
static void identify(const struct agent_state *state, struct record *record)
{
    const struct agent *agent = state->agent;
    const struct agent_sha256 *sha256 = agent->sha256;
    const struct agent_offer *offer = &state->offer;
    const uint32_t numbers[] = {agent->port, agent->layout.target, offer->total,
                                offer->offset, offer->length};
    sha256->start(sha256->context);
    digest_text(sha256, agent->host);
    digest_text(sha256, agent->path);
    digest_text(sha256, offer->validator);
    sha256->update(sha256->context, numbers, sizeof(numbers));
    sha256->update(sha256->context, offer->head, sizeof(offer->head));
    sha256->update(sha256->context, offer->twin_digest,
                   sizeof(offer->twin_digest));
    sha256->finish(sha256->context, record->identity);
    record->magic = MAGIC;
    record->crc = ota_crc32(0, record, sizeof(*record) - sizeof(record->crc));
}

/* --- the record --------------------------------------------------------- */

/* The sector of the copy that a switch to the target will write. */
static bool find_place(struct agent_state *state, struct ota_error *err)
{
    const struct agent *agent = state->agent;
    const struct agent_layout *layout = &agent->layout;
    struct ota_source source = ota_flash_source(agent->flash);
    struct ota_otadata otadata;
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int copy;
    if (!ota_otadata_parse(&otadata, &source, layout->otadata, err) ||
        !ota_otadata_switch(&otadata, layout->target_index, layout->slots,
                            OTA_OTADATA_UNDEFINED, &copy, entry, err))
        return false;
    state->journal_at =
        layout->otadata + (uint32_t)copy * OTA_OTADATA_COPY_STRIDE;
    return true;
}

bool agent_journal_begin(struct agent_state *state, struct ota_error *err)
{
    uint8_t *sector = (uint8_t *)state->sector;
    struct record record;
    identify(state, &record);
    memset(sector, 0xff, OTA_SECTOR_SIZE);
    if (!ota_flash_read(state->agent->flash, state->journal_at, sector, KEPT,
                        err))
        return false;
    memcpy(sector + RECORD, &record, sizeof(record));
    return ota_flash_put_sector(state->agent->flash, state->journal_at, sector,
                                NULL, err);
}

/* --- the marks ---------------------------------------------------------- */

static uint32_t sectors_of(uint32_t length)
{
    return (length + OTA_SECTOR_SIZE - 1) / OTA_SECTOR_SIZE;
}

/* A mark that the power was lost in is neither 0 nor erased: not written. */
static bool count_marks(struct agent_state *state, struct ota_error *err)
{
    uint32_t length = state->offer.length;
    uint32_t sectors = sectors_of(length);
    uint32_t mark = 0;
    uint32_t done = 0;
    while (done < sectors && done < MOST_MARKS) {
        if (!ota_flash_read(state->agent->flash,
                            state->journal_at + MARKS + done * 4, &mark, 4,
                            err))
            return false;
        if (mark != 0)
            break;
        done++;
    }
    state->written = done == sectors ? length : done * OTA_SECTOR_SIZE;
    return true;
}

bool agent_journal_find(struct agent_state *state, bool *is_known,
                        struct ota_error *err)
{
    struct record wanted;
    struct record found;
    state->written = state->held = 0;
    identify(state, &wanted);
    if (!find_place(state, err) ||
        !ota_flash_read(state->agent->flash, state->journal_at + RECORD, &found,
                        sizeof(found), err))
        return false;
    *is_known = memcmp(&wanted, &found, sizeof(wanted)) == 0;
    return !*is_known || count_marks(state, err);
}

bool agent_journal_mark(const struct agent_state *state, uint32_t at,
                        struct ota_error *err)
{
    const uint32_t mark = 0;
    uint32_t index = at / OTA_SECTOR_SIZE;
    return index >= MOST_MARKS ||
           ota_flash_write(state->agent->flash,
                           state->journal_at + MARKS + index * 4, &mark, 4,
                           err);
}

bool agent_journal_clear(const struct agent_state *state)
{
    const uint32_t nothing = 0;
    return ota_flash_write(state->agent->flash, state->journal_at + RECORD,
                           &nothing, 4, NULL);
}
