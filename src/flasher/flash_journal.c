/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_journal.h"
#include "otatool/bytes.h"
#include "otatool/file.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MARK = 16, BITS = JOURNAL_SECTORS / 8 };
enum { BODY = MARK + OTA_SHA256_SIZE + 1 + BITS };
enum { RECORD = BODY + OTA_SHA256_SIZE };

static const char mark[MARK] = "otatool flash 1";

/* What makes it the same job: chip, kind, and every byte at its place. */
static void digest_job(uint8_t digest[OTA_SHA256_SIZE],
                       const struct ota_chip *chip,
                       const struct ota_flash_plan *plan,
                       const struct ota_flasher_job *job)
{
    uint8_t facts[(OTA_FLASH_PLAN_PARTS + 1) * (8 + OTA_SHA256_SIZE)] = {0};
    uint8_t *at = facts;
    write_le32(at, chip->flash_id);
    write_le32(at + 4, (uint32_t)job->is_full | (uint32_t)job->erase_all << 1);
    memcpy(at + 8, chip->mac, sizeof(chip->mac));
    for (size_t i = 0; i < plan->count; i++) {
        at += 8 + OTA_SHA256_SIZE;
        write_le32(at, plan->parts[i].address);
        write_le32(at + 4, plan->parts[i].size);
        ota_sha256(plan->parts[i].data, plan->parts[i].size, at + 8);
    }
    ota_sha256(facts, sizeof(facts), digest);
}

static bool load(struct flash_journal *journal)
{
    struct ota_file file;
    uint8_t digest[OTA_SHA256_SIZE];
    if (!ota_file_load(&file, journal->path, RECORD, NULL))
        return false;
    bool ok = file.size == RECORD && memcmp(file.data, mark, MARK) == 0;
    if (ok) {
        ota_sha256(file.data, BODY, digest);
        ok = memcmp(digest, file.data + BODY, sizeof(digest)) == 0 &&
             memcmp(journal->job, file.data + MARK, OTA_SHA256_SIZE) == 0;
    }
    if (ok) {
        journal->is_erased = file.data[MARK + OTA_SHA256_SIZE] == 1;
        memcpy(journal->done, file.data + BODY - BITS, BITS);
    }
    ota_file_release(&file);
    return ok;
}

void flash_journal_open(struct flash_journal *journal, const char *folder,
                        const struct ota_chip *chip,
                        const struct ota_flash_plan *plan,
                        const struct ota_flasher_job *job)
{
    char name[2 * OTA_FLASHER_MAC + 1];
    memset(journal, 0, sizeof(*journal));
    if (!folder || (!job->is_full && !job->erase_all))
        return;
    ota_hex(chip->mac, OTA_FLASHER_MAC, name);
    int length = snprintf(journal->path, sizeof(journal->path),
                          "%s/flash-%s.journal", folder, name);
    if (length >= (int)sizeof(journal->path)) {
        journal->path[0] = '\0';
        return;
    }
    digest_job(journal->job, chip, plan, job);
    if (!load(journal))
        memset(journal->done, 0, sizeof(journal->done));
}

bool flash_journal_knows(const struct flash_journal *journal, uint32_t sector)
{
    return journal->done[sector / 8] >> sector % 8 & 1;
}

void flash_journal_add(struct flash_journal *journal, uint32_t sector,
                       uint32_t count)
{
    for (; count > 0; sector++, count--)
        journal->done[sector / 8] |= (uint8_t)(1 << sector % 8);
}

void flash_journal_save(const struct flash_journal *journal)
{
    uint8_t record[RECORD];
    if (!journal->path[0])
        return;
    memcpy(record, mark, MARK);
    memcpy(record + MARK, journal->job, OTA_SHA256_SIZE);
    record[MARK + OTA_SHA256_SIZE] = journal->is_erased;
    memcpy(record + BODY - BITS, journal->done, BITS);
    ota_sha256(record, BODY, record + BODY);
    if (!ota_file_save(journal->path, record, sizeof(record), NULL))
        unlink(journal->path);
}

void flash_journal_remove(const struct flash_journal *journal)
{
    if (journal->path[0])
        unlink(journal->path);
}
