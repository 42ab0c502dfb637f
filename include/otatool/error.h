/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of one failure, without words.
 *
 * Every function that can fail returns bool (true: done), is OTA_CHECKED and
 * takes a struct ota_error last. On failure it fills the struct; on success
 * it leaves it alone. Only host/report has words for the codes, so that the
 * same facts can be printed, sent as JSON, or sent from a chip as numbers.
 */
#ifndef OTATOOL_ERROR_H
#define OTATOOL_ERROR_H

#include "otatool/error_codes.h"
#include <stdbool.h>
#include <stdint.h>

#define OTA_CHECKED __attribute__((warn_unused_result))

enum ota_code {
    OTA_OK = 0,
#define OTA_CODE_MEMBER(name, id) OTA_E_##name,
    OTA_CODES(OTA_CODE_MEMBER)
#undef OTA_CODE_MEMBER
        OTA_CODE_COUNT
};

/* How grave a broken rule is. */
enum ota_severity {
    OTA_WARN,   /* worth knowing; nothing is lost */
    OTA_REFUSE, /* a device would refuse, or not survive */
};

struct ota_error {
    enum ota_code code;
    uint32_t index;      /* which part, segment or entry, from 1; 0: none */
    const char *subject; /* file, URL or port; borrowed from the caller */
    const char *part;    /* the piece concerned, one or two words; static */
    const char *detail;  /* text of the system or a library; borrowed */
    uint64_t offset;     /* bytes from the start of the subject */
    uint64_t expected;   /* expected and actual mean what the words of the */
    uint64_t actual;     /* code say: a value, a limit, a length */
};

/*
 * Fills *err (which may be NULL) and is false, so that a point of failure is
 * one line: return ota_fail(err, OTA_E_IMAGE_MAGIC, .actual = magic);
 */
#define ota_fail(err, ...)                                                     \
    ota_error_set((err), (struct ota_error){.code = __VA_ARGS__})

static inline bool ota_error_set(struct ota_error *err, struct ota_error facts)
{
    if (err)
        *err = facts;
    return false;
}

#endif
