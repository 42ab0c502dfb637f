/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the list of failures that is about chips on serial ports. */
#ifndef OTATOOL_ERROR_CODES_SERIAL_H
#define OTATOOL_ERROR_CODES_SERIAL_H

#define OTA_SERIAL_CODES(X)                                                    \
    /* serial ports */                                                         \
    X(SERIAL_NONE, "serial-none")                                              \
    X(SERIAL_MANY, "serial-many")                                              \
    X(SERIAL_ABSENT, "serial-absent")                                          \
    X(SERIAL_DENIED, "serial-denied")                                          \
    X(SERIAL_BUSY, "serial-busy")                                              \
    X(SERIAL_SETUP, "serial-setup")                                            \
    X(SERIAL_SPEED, "serial-speed")                                            \
    X(SERIAL_REMOTE, "serial-remote")                                          \
    X(SERIAL_LOST, "serial-lost")                                              \
    /* a chip's loader behind one */                                           \
    X(LOADER_SILENT, "loader-silent")                                          \
    X(LOADER_BOOTS, "loader-boots")                                            \
    X(LOADER_NOISE, "loader-noise")                                            \
    X(LOADER_CHIP, "loader-chip")                                              \
    X(LOADER_STUB, "loader-stub")                                              \
    X(LOADER_BAUD, "loader-baud")                                              \
    X(LOADER_TIMEOUT, "loader-timeout")                                        \
    X(LOADER_REFUSED, "loader-refused")                                        \
    X(LOADER_LOST, "loader-lost")                                              \
    /* its flash */                                                            \
    X(FLASH_ID, "flash-id")                                                    \
    X(FLASH_KIND, "flash-kind")                                                \
    X(FLASH_ADDRESS, "flash-address")                                          \
    X(FLASH_BEYOND, "flash-beyond")                                            \
    X(FLASH_PARTS, "flash-parts")                                              \
    X(FLASH_OVERLAP, "flash-overlap")                                          \
    X(FLASH_LINK, "flash-link")                                                \
    X(FLASH_HEADER, "flash-header")                                            \
    X(FLASH_NO_EFFECT, "flash-no-effect")                                      \
    X(FLASH_DIGEST, "flash-digest")                                            \
    X(FLASH_ASTRAY, "flash-astray")                                            \
    X(FLASH_DIFFERS, "flash-differs")                                          \
    X(FLASH_NO_TABLE, "flash-no-table")                                        \
    X(PARTITION_UNKNOWN, "partition-unknown")                                  \
    X(PARTITION_FULL, "partition-full")

#endif
