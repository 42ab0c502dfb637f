/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partition tables as people write them: comma-separated text, read and
 * written as the SDK's generator does. (gen_esp32part.py)
 */
#ifndef OTATOOL_PARTITION_CSV_H
#define OTATOOL_PARTITION_CSV_H

#include "otatool/error.h"
#include "otatool/partition_table.h"

/* A table as text holds at most this many bytes. */
#define OTA_PARTITION_CSV_SIZE 16384

struct ota_partition_csv {
    struct ota_partition_table table;
    uint32_t lines[OTA_PARTITION_MAX]; /* where each entry stands, from 1 */
    /*
     * The first thing that reads well and is yet surely a slip (a quoted
     * name, 1KK); its code is OTA_OK where there is none.
     */
    struct ota_error slip;
    char slip_text[96]; /* for slip.detail */
    char text[96];      /* for err->detail */
    uint32_t cut_line;  /* of the first name over 16 bytes, or 0 */
};

/*
 * Reads size bytes of text; $NAME and ${NAME} come from the environment.
 * Empty offsets and sizes "up to" an address are worked out for a table at
 * table_offset. Errors name the line; err->detail borrows csv->text. What
 * only rules find is not checked.
 */
OTA_CHECKED bool ota_partition_csv_parse(struct ota_partition_csv *csv,
                                         const char *text, size_t size,
                                         int64_t table_offset,
                                         struct ota_error *err);

/*
 * Writes a table as text, terminated, and is its length; text holds
 * OTA_PARTITION_CSV_SIZE bytes.
 */
size_t ota_partition_csv_build(const struct ota_partition_table *table,
                               char *text);

/* The keyword of a type or subtype, or NULL where it is a plain number. */
const char *ota_partition_csv_type(uint8_t type);
const char *ota_partition_csv_subtype(uint8_t type, uint8_t subtype);

/* False where the name is the keyword of another type or subtype. */
bool ota_partition_csv_name_fits(const struct ota_partition *partition);

/*
 * A number as the generator's options and fields take it, without suffix:
 * decimal, 0x, 0o, 0b, a sign. False for anything else; what is beyond
 * 62 bits saturates. *is_plain is false where it has digits other than
 * ASCII's; it may be NULL.
 */
OTA_CHECKED bool ota_partition_csv_number(const char *text, size_t size,
                                          int64_t *value, bool *is_plain);

#endif
