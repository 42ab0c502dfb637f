/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only wording of failures.
 *
 * Each code of error.h has one row of words: what happened, which of the
 * facts to show and how, and how to mend it. People read it as
 *
 *   otatool: hello.bin: the image's checksum does not match
 *     where: bootloader, offset 0x328f
 *     why:   expected 0xe0, found 0xeb
 *     mend:  rebuild the bootloader
 *
 * and programs as a JSON object with the same facts.
 */
#ifndef OTATOOL_REPORT_H
#define OTATOOL_REPORT_H

#include "otatool/error.h"
#include <jansson.h>
#include <stdio.h>

/* How the facts of a code are shown after "why:". */
enum ota_why {
    OTA_WHY_NONE,   /* expected and actual mean nothing */
    OTA_WHY_HEX,    /* expected 0xe0, found 0xeb */
    OTA_WHY_NUMBER, /* expected 3, found 5 */
    OTA_WHY_LIMIT,  /* at most 491520 bytes, found 510180 */
    OTA_WHY_SIZE,   /* at least 16 bytes, found 12 */
    OTA_WHY_FOUND,  /* found 0x5 */
    OTA_WHY_UPTO,   /* at most 0x80000, found 0xfc000 */
    OTA_WHY_FROM,   /* at least 0x9000, found 0x8000 */
};

struct ota_words {
    const char *id;       /* stable name, from error.h */
    const char *sentence; /* what happened; no capital, no full stop */
    const char *mend;     /* what to do about it */
    enum ota_why why;
    bool has_offset; /* err->offset tells where */
};

/* The words of a code; never NULL. Static. */
const struct ota_words *ota_report_words(enum ota_code code);

/* Prints the failure in the form above. label is "otatool", "warning", ... */
void ota_report_print(FILE *out, const char *label,
                      const struct ota_error *err);

/* The failure in one line without the mend: sentence (where; why). No \n. */
void ota_report_line(FILE *out, const struct ota_error *err);

/* Prints a name or other text from outside, of a file, server or device: no
 * byte of it steers a terminal or ends a line; those come as \x1b. */
void ota_report_name(FILE *out, const char *text);

/* A name as a JSON string; names need not be UTF-8, JSON must be. New. */
json_t *ota_report_text(const char *text);

/* {"code": "image-checksum", "message": ..., "mend": ..., facts...}. New. */
json_t *ota_report_json(const struct ota_error *err);

#endif
