/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serial loader of the ESP8266: the one in its mask ROM, and the flasher
 * stub that takes its place.
 *
 * A request is a frame (slip.h) of {0, command, length of data (2), checksum
 * of data (4), data}; its answer one of {1, command, length (2), value (4),
 * data, status, error}. Numbers are little-endian. An answer has no checksum
 * at all, so what must be right is read until two readings agree, or is
 * compared by a digest. (esptool's description of the serial protocol)
 */
#ifndef OTATOOL_LOADER_H
#define OTATOOL_LOADER_H

#include "otatool/image.h"
#include "otatool/port.h"
#include "otatool/slip.h"

enum ota_loader_command {
    OTA_LOADER_FLASH_BEGIN = 0x02,
    OTA_LOADER_FLASH_DATA = 0x03,
    OTA_LOADER_FLASH_END = 0x04,
    OTA_LOADER_MEM_BEGIN = 0x05,
    OTA_LOADER_MEM_END = 0x06,
    OTA_LOADER_MEM_DATA = 0x07,
    OTA_LOADER_SYNC = 0x08,
    OTA_LOADER_WRITE_REG = 0x09,
    OTA_LOADER_READ_REG = 0x0a,
    /* of the stub */
    OTA_LOADER_CHANGE_BAUD = 0x0f,
    OTA_LOADER_DEFL_BEGIN = 0x10,
    OTA_LOADER_DEFL_DATA = 0x11,
    OTA_LOADER_DEFL_END = 0x12,
    OTA_LOADER_MD5 = 0x13,
    OTA_LOADER_ERASE_FLASH = 0xd0,
    OTA_LOADER_ERASE_REGION = 0xd1, /* one bit from the one before: unused */
    OTA_LOADER_READ_FLASH = 0xd2,
    OTA_LOADER_RUN_USER_CODE = 0xd3,
};

enum {
    OTA_LOADER_FRAME = 8192,        /* the longest answer */
    OTA_LOADER_BLOCK_ROM = 0x400,   /* of data to flash, by the ROM */
    OTA_LOADER_BLOCK_STUB = 0x4000, /* by the stub, compressed */
    OTA_LOADER_BLOCK_RAM = 0x1800,  /* of data to RAM */
    OTA_LOADER_BLOCK_READ = 0x1000, /* of flash that is read */
    OTA_LOADER_STRAY = 512,         /* text outside of frames that is kept */
    OTA_LOADER_MD5_SIZE = 16,
    /* A stub's reason: a stream ended before what was announced for it. */
    OTA_LOADER_TOO_LITTLE = 0xc8,
};

/* How to bring the chip into its loader. */
enum ota_loader_reset {
    OTA_LOADER_RESET_AUTO,    /* tight and classic by turns */
    OTA_LOADER_RESET_TIGHT,   /* DTR and RTS at once */
    OTA_LOADER_RESET_CLASSIC, /* one after the other */
    OTA_LOADER_RESET_NONE,    /* by hand; or it is there already */
};

struct ota_loader {
    struct ota_port *port; /* borrowed */
    bool is_stub;
    bool has_lines;  /* the port can reset the chip */
    uint32_t baud;   /* at present */
    uint32_t faults; /* answers that were late, damaged or missing */
    /* What came outside of frames, the last of it; not terminated. */
    char stray[OTA_LOADER_STRAY];
    size_t stray_size;
    size_t received; /* bytes, frames included */
    bool has_echo;   /* our own requests came back */
    char detail[64]; /* for err->detail */
    /* private */
    struct ota_slip slip;
    uint8_t frame[OTA_LOADER_FRAME];
    uint8_t chunk[1024];
    size_t chunk_size;
    size_t chunk_at;
};

void ota_loader_init(struct ota_loader *loader, struct ota_port *port);

/*
 * Brings the chip into its loader and synchronises with it, attempts times at
 * most. The failures tell what came instead of an answer:
 * OTA_E_LOADER_SILENT, _BOOTS, _NOISE.
 */
OTA_CHECKED bool ota_loader_connect(struct ota_loader *loader,
                                    enum ota_loader_reset reset,
                                    uint32_t attempts, struct ota_error *err);

/* Synchronises with what runs, without a reset, and finds out whether it is
 * the stub. */
OTA_CHECKED bool ota_loader_sync(struct ota_loader *loader,
                                 struct ota_error *err);

/* Starts what is in flash: by the reset line, or by a command. */
void ota_loader_restart(struct ota_loader *loader);

enum { OTA_LOADER_WORDS = 9 };

/*
 * A request: words, then data. The checksum goes over data, or over words
 * where there is none; the ROM and most stubs look at it with data only.
 */
struct ota_loader_request {
    enum ota_loader_command command;
    uint32_t words[OTA_LOADER_WORDS];
    size_t word_count;
    const uint8_t *data; /* at most OTA_LOADER_BLOCK_STUB bytes */
    size_t size;
    uint32_t timeout_ms;
    size_t answer_size; /* of data before the status */
};

/*
 * Sends a request and waits for its answer: value, and answer_size bytes of
 * data, each where it is not NULL. Fails with OTA_E_LOADER_TIMEOUT,
 * OTA_E_LOADER_REFUSED with its error code, or OTA_E_SERIAL_LOST.
 */
OTA_CHECKED bool ota_loader_ask(struct ota_loader *loader,
                                const struct ota_loader_request *request,
                                uint32_t *value, uint8_t *data,
                                struct ota_error *err);

OTA_CHECKED bool ota_loader_read_word(struct ota_loader *loader,
                                      uint32_t address, uint32_t *value,
                                      struct ota_error *err);
OTA_CHECKED bool ota_loader_write_word(struct ota_loader *loader,
                                       uint32_t address, uint32_t value,
                                       struct ota_error *err);

/* Loads the segments of an image to RAM and waits for the stub's greeting. */
OTA_CHECKED bool ota_loader_run_stub(struct ota_loader *loader,
                                     const uint8_t *image, size_t size,
                                     struct ota_error *err);

/* Stub only: another speed, on both sides. */
OTA_CHECKED bool ota_loader_change_baud(struct ota_loader *loader,
                                        uint32_t baud, struct ota_error *err);

/* What the ROM says in an error code, or NULL. Static. */
const char *ota_loader_reason(uint32_t code);

/* --- flash; offsets and sizes are whole sectors --- */

/* Lets the ROM set up its access to flash. */
OTA_CHECKED bool ota_loader_attach(struct ota_loader *loader,
                                   struct ota_error *err);

/*
 * Erases and writes whole sectors; by the stub compressed. What is beyond
 * the range stays as it is, with one exception: see
 * ota_loader_rom_erases().
 */
OTA_CHECKED bool ota_loader_write(struct ota_loader *loader, uint32_t offset,
                                  const uint8_t *data, uint32_t size,
                                  struct ota_error *err);

/*
 * The sectors the ROM erases when it is to write count sectors from the one
 * called first: a fault in it counts those up to the next block of 64 KB
 * twice, so asked is what it must be told, in sectors, and the result is
 * count, or count + 1 where the fault cannot be evaded.
 * (esptool's get_erase_size)
 */
uint32_t ota_loader_rom_erases(uint32_t first, uint32_t count, uint32_t *asked);

/* Erases a block of 64 KB, by the ROM. */
OTA_CHECKED bool ota_loader_erase_block(struct ota_loader *loader,
                                        uint32_t offset, struct ota_error *err);

/* Stub only. */
OTA_CHECKED bool ota_loader_erase_all(struct ota_loader *loader,
                                      uint32_t flash_size,
                                      struct ota_error *err);
OTA_CHECKED bool ota_loader_md5(struct ota_loader *loader, uint32_t offset,
                                uint32_t size, uint8_t md5[OTA_LOADER_MD5_SIZE],
                                struct ota_error *err);

/* Reads: the stub in blocks with a digest at the end, without it 32 bytes at
 * a time through the chip's registers, some 2 KB a second. */
OTA_CHECKED bool ota_loader_read(struct ota_loader *loader, uint32_t offset,
                                 uint8_t *data, uint32_t size,
                                 struct ota_error *err);

/* The flash chip's own id: maker, kind, size as a power of 2. */
OTA_CHECKED bool ota_loader_flash_id(struct ota_loader *loader, uint32_t *id,
                                     struct ota_error *err);

#endif
