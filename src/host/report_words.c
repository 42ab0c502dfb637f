/* SPDX-License-Identifier: Apache-2.0 */
/* One row of words for every code of error.h. */
#include "otatool/report.h"

#define OTA_CODE_ID(name, text) static const char id_##name[] = text;
OTA_CODES(OTA_CODE_ID)
#undef OTA_CODE_ID

#define ROW(code_, why_, offset_, sentence_, mend_)                            \
    [OTA_E_##code_] = {.id = id_##code_,                                       \
                       .sentence = (sentence_),                                \
                       .mend = (mend_),                                        \
                       .why = OTA_WHY_##why_,                                  \
                       .has_offset = (offset_)}

static const struct ota_words rows[OTA_CODE_COUNT] = {
    /* files and memory */
    ROW(FILE_OPEN, NONE, false, "the file cannot be opened",
        "check the name and the permissions"),
    ROW(FILE_READ, NONE, false, "the file cannot be read",
        "check the disk or the connection it lies on"),
    ROW(FILE_WRITE, NONE, false, "the file cannot be written",
        "check the folder, its permissions and the free space; "
        "nothing was changed"),
    ROW(FILE_IS_DIRECTORY, NONE, false, "this is a directory, not a file",
        "name a file inside it"),
    ROW(FILE_EMPTY, NONE, false, "the file is empty",
        "build it again; an interrupted build leaves empty files"),
    ROW(FILE_TOO_LARGE, LIMIT, false, "the file is too large",
        "name a firmware file; the largest flash of the chip is 16 MB"),
    ROW(OUTPUT_IS_INPUT, NONE, false, "the output is one of the inputs",
        "choose another output name; nothing was changed"),
    ROW(MEMORY, NONE, false, "there is not enough memory",
        "close other programs or use a larger machine"),
    ROW(BUFFER_TOO_SMALL, LIMIT, false, "the result does not fit",
        "use a larger place for it"),
    /* images */
    ROW(TRUNCATED, SIZE, true, "the data ends too early",
        "copy or build the file again; a part of it is missing"),
    ROW(IMAGE_MAGIC, HEX, true, "this is not an ESP8266 image",
        "name the .bin file that the build made, not the ELF or a text"),
    ROW(IMAGE_SEGMENT_COUNT, LIMIT, true, "the image has too many segments",
        "link the firmware into at most 16 segments"),
    ROW(IMAGE_SEGMENT_LENGTH, HEX, true,
        "a segment's length is not a multiple of 4",
        "build the image with elf2image, which pads segments"),
    ROW(IMAGE_CHECKSUM, HEX, true, "the image's checksum does not match",
        "rebuild the image; if it came from a flash, read it again"),
    ROW(IMAGE_DIGEST, NONE, true, "the image's SHA-256 does not match",
        "rebuild the image; its header was changed after the build or it is "
        "damaged"),
    ROW(IMAGE_CRC, HEX, true, "the CRC at the end does not match",
        "copy or build the file again; an old device would refuse it"),
    ROW(IMAGE_TOO_LARGE, LIMIT, false, "the image is too large for its place",
        "make the firmware smaller or its place larger"),
};

const struct ota_words *ota_report_words(enum ota_code code)
{
    static const struct ota_words unknown = {
        .id = "unknown",
        .sentence = "something failed that has no words yet",
        .mend = "report this as a fault of otatool",
    };
    if ((unsigned)code >= OTA_CODE_COUNT || !rows[code].sentence)
        return &unknown;
    return &rows[code];
}
