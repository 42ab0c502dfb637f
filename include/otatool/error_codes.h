/* SPDX-License-Identifier: Apache-2.0 */
/* The list of all kinds of failure; error.h makes the enum of it. */
#ifndef OTATOOL_ERROR_CODES_H
#define OTATOOL_ERROR_CODES_H

#include "otatool/error_codes_serial.h"

/*
 * Every kind of failure and every rule: code and stable name. The name is
 * what JSON and docs/errors.md show; it never changes its meaning.
 * A new row needs its words in src/host/report_words.c (a test asks).
 */
#define OTA_CODES(X)                                                           \
    /* files and memory */                                                     \
    X(FILE_OPEN, "file-open")                                                  \
    X(FILE_READ, "file-read")                                                  \
    X(FILE_WRITE, "file-write")                                                \
    X(FILE_IS_DIRECTORY, "file-is-directory")                                  \
    X(FILE_EMPTY, "file-empty")                                                \
    X(FOLDER_EMPTY, "folder-empty")                                            \
    X(FILE_TOO_LARGE, "file-too-large")                                        \
    X(FILE_UNKNOWN, "file-unknown")                                            \
    X(FILE_DIFFERS, "file-differs")                                            \
    X(OUTPUT_IS_INPUT, "output-is-input")                                      \
    X(MEMORY, "memory")                                                        \
    X(BUFFER_TOO_SMALL, "buffer-too-small")                                    \
    /* the server */                                                           \
    X(ADDRESS_UNKNOWN, "address-unknown")                                      \
    X(PORT_BUSY, "port-busy")                                                  \
    X(PORT_DENIED, "port-denied")                                              \
    X(SERVER_FAILED, "server-failed")                                          \
    X(CERTIFICATE, "certificate")                                              \
    X(CERTIFICATE_KEY, "certificate-key")                                      \
    X(OFFER_OLD, "offer-old")                                                  \
    X(OFFER_NEW, "offer-new")                                                  \
    X(AUTH_LINE, "auth-line")                                                  \
    X(AUTH_EMPTY, "auth-empty")                                                \
    X(AUTH_MISSING, "auth-missing")                                            \
    X(USER_UNKNOWN, "user-unknown")                                            \
    X(USER_DENIED, "user-denied")                                              \
    X(SOCKET_GIVEN, "socket-given")                                            \
    X(FILES_DENIED, "files-denied")                                            \
    /* images */                                                               \
    X(TRUNCATED, "truncated")                                                  \
    X(IMAGE_MAGIC, "image-magic")                                              \
    X(IMAGE_SEGMENT_COUNT, "image-segment-count")                              \
    X(IMAGE_SEGMENT_LENGTH, "image-segment-length")                            \
    X(IMAGE_CHECKSUM, "image-checksum")                                        \
    X(IMAGE_DIGEST, "image-digest")                                            \
    X(IMAGE_CRC, "image-crc")                                                  \
    X(IMAGE_TOO_LARGE, "image-too-large")                                      \
    X(IMAGE_LINK, "image-link")                                                \
    X(IMAGE_PAIR, "image-pair")                                                \
    X(IMAGE_HALVES, "image-halves")                                            \
    /* firmware of the old SDKs, and the programs it is made from */           \
    X(ELF, "elf")                                                              \
    X(ELF_SYMBOL, "elf-symbol")                                                \
    X(ELF_SECTION, "elf-section")                                              \
    X(OLD_PART_EMPTY, "old-part-empty")                                        \
    X(OLD_RAM, "old-ram")                                                      \
    X(OLD_LINK, "old-link")                                                    \
    /* partition tables: reading and building */                               \
    X(TABLE_ENTRY, "table-entry")                                              \
    X(TABLE_END, "table-end")                                                  \
    X(TABLE_FULL, "table-full")                                                \
    X(TABLE_NAME, "table-name")                                                \
    X(TABLE_EMPTY, "table-empty")                                              \
    X(TABLE_OFFSET, "table-offset")                                            \
    /* partition tables: CSV */                                                \
    X(CSV_TEXT, "csv-text")                                                    \
    X(CSV_VARIABLE, "csv-variable")                                            \
    X(CSV_VALUE, "csv-value")                                                  \
    X(CSV_EMPTY_FIELD, "csv-empty-field")                                      \
    X(CSV_NUMBER, "csv-number")                                                \
    X(CSV_KEYWORD, "csv-keyword")                                              \
    X(CSV_RANGE, "csv-range")                                                  \
    X(CSV_FLAG, "csv-flag")                                                    \
    X(CSV_ORDER, "csv-order")                                                  \
    X(CSV_NUMBER_FORM, "csv-number-form")                                      \
    X(CSV_NAME_FORM, "csv-name-form")                                          \
    /* partition tables: rules */                                              \
    X(PARTITION_ALIGNMENT, "partition-alignment")                              \
    X(PARTITION_SIZE_ALIGNMENT, "partition-size-alignment")                    \
    X(PARTITION_NAME, "partition-name")                                        \
    X(PARTITION_NAME_LONG, "partition-name-long")                              \
    X(PARTITION_NAME_KIND, "partition-name-kind")                              \
    X(PARTITION_FLAGS, "partition-flags")                                      \
    X(PARTITION_OVER_TABLE, "partition-over-table")                            \
    X(PARTITION_OVERLAP, "partition-overlap")                                  \
    X(PARTITION_SIZE, "partition-size")                                        \
    X(PARTITION_END, "partition-end")                                          \
    X(PARTITION_BEYOND_FLASH, "partition-beyond-flash")                        \
    X(PARTITION_APP_SIZE, "partition-app-size")                                \
    X(PARTITION_APP_HIGH, "partition-app-high")                                \
    X(PARTITION_APP_WINDOW, "partition-app-window")                            \
    X(PARTITION_APP_PART, "partition-app-part")                                \
    X(PARTITION_TWICE, "partition-twice")                                      \
    X(SLOT_NUMBERS, "slot-numbers")                                            \
    X(SLOT_DISTANCE, "slot-distance")                                          \
    X(SLOT_LINK, "slot-link")                                                  \
    X(OTADATA_SIZE, "otadata-size")                                            \
    /* otadata */                                                              \
    X(OTADATA_SLOT, "otadata-slot")                                            \
    X(OTADATA_SEQUENCE, "otadata-sequence")                                    \
    X(OTADATA_NO_PARTITION, "otadata-no-partition")                            \
    X(OTADATA_NO_TABLE, "otadata-no-table")                                    \
    X(OTADATA_NO_FACTORY, "otadata-no-factory")                                \
    /* a device's flash */                                                     \
    X(DEVICE_MAP, "device-map")                                                \
    X(DEVICE_PARAMETERS, "device-parameters")                                  \
    X(DEVICE_NOTHING, "device-nothing")                                        \
    X(DEVICE_NO_APP, "device-no-app")                                          \
    X(DEVICE_TAKES_NOT, "device-takes-not")                                    \
    /* downloads */                                                            \
    X(URL, "url")                                                              \
    X(CONNECT, "connect")                                                      \
    X(UNTRUSTED, "untrusted")                                                  \
    X(TOKEN, "token")                                                          \
    X(TIMEOUT, "timeout")                                                      \
    X(REDIRECTS, "redirects")                                                  \
    X(CUT_OFF, "cut-off")                                                      \
    X(HTTP, "http")                                                            \
    X(HTTP_STATUS, "http-status")                                              \
    X(HTTP_LENGTH, "http-length")                                              \
    X(HTTP_ENCODED, "http-encoded")                                            \
    X(RANGE_IGNORED, "range-ignored")                                          \
    X(RANGE_WRONG, "range-wrong")                                              \
    X(CHANGED, "changed")                                                      \
    X(DOWNLOAD_DIGEST, "download-digest")                                      \
    X(FETCH_BUSY, "fetch-busy")                                                \
    X(SERVER_DIALECT, "server-dialect")                                        \
    /* packs: making one */                                                    \
    X(PACK_ADDRESS, "pack-address")                                            \
    X(BUILD_DIR, "build-dir")                                                  \
    X(APP_NAME, "app-name")                                                    \
    X(PACK_OVERLAP, "pack-overlap")                                            \
    X(PACK_APP_NOT_LAST, "pack-app-not-last")                                  \
    X(PACK_APP_IS_FIRST, "pack-app-is-first")                                  \
    X(PACK_NO_TABLE, "pack-no-table")                                          \
    X(PACK_NO_OTA_0, "pack-no-ota-0")                                          \
    X(PACK_NO_APP, "pack-no-app")                                              \
    /* packs: rules over the file */                                           \
    X(PACK_CRC, "pack-crc")                                                    \
    X(PACK_LENGTH, "pack-length")                                              \
    X(PACK_BASE, "pack-base")                                                  \
    X(BOOTLOADER_IMAGE, "bootloader-image")                                    \
    X(BOOTLOADER_CHECKSUM, "bootloader-checksum")                              \
    X(BOOTLOADER_IS_OLD, "bootloader-is-old")                                  \
    X(BOOTLOADER_RANGE, "bootloader-range")                                    \
    X(BOOTLOADER_ENTRY, "bootloader-entry")                                    \
    X(BOOTLOADER_SIZE, "bootloader-size")                                      \
    X(BOOTLOADER_SEGMENTS, "bootloader-segments")                              \
    X(SLOT_STAMP, "slot-stamp")                                                \
    X(FLASH_MODE, "flash-mode")                                                \
    X(FLASH_SIZES_DIFFER, "flash-sizes-differ")                                \
    X(TABLE_MISSING, "table-missing")                                          \
    X(TABLE_PLACE, "table-place")                                              \
    X(TABLE_MD5, "table-md5")                                                  \
    X(APP_IMAGE, "app-image")                                                  \
    X(APP_CHECKSUM, "app-checksum")                                            \
    X(APP_DIGEST, "app-digest")                                                \
    X(APP_NOT_V3, "app-not-v3")                                                \
    X(APP_LINK, "app-link")                                                    \
    X(APP_SIZE, "app-size")                                                    \
    X(APP_TRAILING, "app-trailing")                                            \
    X(OTADATA_STALE, "otadata-stale")                                          \
    X(STATUS_TEXT, "status-text")                                              \
    /* packs: rules over one kind of old device */                             \
    X(MAP_UNUSABLE, "map-unusable")                                            \
    X(BOOT_UNPACKER, "boot-unpacker")                                          \
    X(CLIENT_MAP, "client-map")                                                \
    X(CLIENT_SIZE, "client-size")                                              \
    X(CLIENT_STAMP, "client-stamp")                                            \
    X(COPY_OVERLAP, "copy-overlap")                                            \
    X(OLD_PARAMETERS, "old-parameters")                                        \
    X(FLASH_CONFIG, "flash-config")                                            \
    X(BEYOND_MAP, "beyond-map")                                                \
    X(FLASH_READ, "flash-read")                                                \
    X(FLASH_WRITE, "flash-write")                                              \
    X(FLASH_ERASE, "flash-erase")                                              \
    X(FLASH_READBACK, "flash-readback")                                        \
    X(HTTP_HEADER, "http-header")                                              \
    X(UPDATE_KIND, "update-kind")                                              \
    X(UPDATE_LINK, "update-link")                                              \
    X(UPDATE_SLOT, "update-slot")                                              \
    X(UPDATE_GIVEN_UP, "update-given-up")                                      \
    X(UPDATE_UNCONFIRMED, "update-unconfirmed")                                \
    X(UPDATE_ROLLED_BACK, "update-rolled-back")                                \
    X(MIGRATE_IDENTITY, "migrate-identity")                                    \
    X(OLD_WIFI, "old-wifi")                                                    \
    X(OLD_RF, "old-rf")                                                        \
    OTA_SERIAL_CODES(X)                                                        \
    X(EMULATOR, "emulator")                                                    \
    X(FIRMWARE_FILES, "firmware-files")                                        \
    X(SIMULATED_LOSS, "simulated-loss")                                        \
    X(NATIVE_GEAR, "native-gear")                                              \
    X(MAP_CANNOT, "map-cannot")                                                \
    X(NO_DEVICE, "no-device")

#endif
