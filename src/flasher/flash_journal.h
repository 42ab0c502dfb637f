/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a job that overwrites everything has done already, in a file: where it
 * was interrupted the next run goes on. A record of fixed size with a digest
 * over it, so that one that is cut, damaged or of another job is none.
 */
#ifndef OTATOOL_FLASHER_FLASH_JOURNAL_H
#define OTATOOL_FLASHER_FLASH_JOURNAL_H

#include "flasher_parts.h"
#include "otatool/digest.h"

enum { JOURNAL_SECTORS = 4096 };

struct flash_journal {
    char path[PATH_MAX]; /* empty: none is kept */
    uint8_t job[OTA_SHA256_SIZE];
    bool is_erased;
    uint8_t done[JOURNAL_SECTORS / 8]; /* a bit a sector */
};

/* Loads that of this job on this chip from a folder, or begins one. */
void flash_journal_open(struct flash_journal *journal, const char *folder,
                        const struct ota_chip *chip,
                        const struct ota_flash_plan *plan,
                        const struct ota_flasher_job *job);

bool flash_journal_knows(const struct flash_journal *journal, uint32_t sector);
void flash_journal_add(struct flash_journal *journal, uint32_t sector,
                       uint32_t count);
/* Best effort: without it an interrupted job only takes longer. */
void flash_journal_save(const struct flash_journal *journal);
void flash_journal_remove(const struct flash_journal *journal);

#endif
