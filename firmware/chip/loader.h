/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serial loader's protocol, as the mask ROM speaks it and flasher stubs
 * go on with it. (esptool's documentation, "Serial Protocol", ESP8266)
 *
 * A packet is a header and data, little-endian. A request has in its header
 * the checksum of what it carries; an answer has a value there, and its data
 * end with two bytes: 0 or 1 for done or failed, and a reason.
 */
#ifndef CHIP_LOADER_H
#define CHIP_LOADER_H

#include <stdint.h>

struct loader_header {
    uint8_t direction;
    uint8_t command;
    uint16_t size;  /* of the data */
    uint32_t value; /* of an answer; checksum of a request */
};

/* In front of what FLASH_DATA, MEM_DATA and DEFLATE_DATA carry. */
struct loader_block {
    uint32_t size;
    uint32_t number; /* from 0 */
    uint32_t unused[2];
};

/* Data of FLASH_BEGIN, MEM_BEGIN and DEFLATE_BEGIN. */
struct loader_begin {
    uint32_t size; /* to erase; of all that comes */
    uint32_t blocks;
    uint32_t block_size;
    uint32_t address;
};

enum { LOADER_REQUEST = 0, LOADER_ANSWER = 1, LOADER_CHECKSUM = 0xef };

enum loader_command {
    LOADER_FLASH_BEGIN = 0x02,
    LOADER_FLASH_DATA = 0x03,
    LOADER_FLASH_END = 0x04,
    LOADER_MEM_BEGIN = 0x05,
    LOADER_MEM_END = 0x06,
    LOADER_MEM_DATA = 0x07,
    LOADER_SYNC = 0x08,
    LOADER_WRITE_REGISTER = 0x09,
    LOADER_READ_REGISTER = 0x0a,
    /* Of stubs only. */
    LOADER_SPI_PARAMETERS = 0x0b,
    LOADER_SPI_ATTACH = 0x0d,
    LOADER_SPEED = 0x0f,
    LOADER_DEFLATE_BEGIN = 0x10,
    LOADER_DEFLATE_DATA = 0x11,
    LOADER_DEFLATE_END = 0x12,
    LOADER_MD5 = 0x13,
    LOADER_ERASE_FLASH = 0xd0,
    LOADER_ERASE_REGION = 0xd1,
    LOADER_READ_FLASH = 0xd2,
    LOADER_RUN_FLASH = 0xd3,
};

/* A SYNC's data: this word, then 32 times 'U', for the speed detection. It
 * is answered so many times. */
enum { LOADER_SYNC_WORD = 0x20120707, LOADER_SYNC_ANSWERS = 8 };

static inline uint8_t loader_checksum(const uint8_t *data, uint32_t size)
{
    uint8_t sum = LOADER_CHECKSUM;
    for (uint32_t i = 0; i < size; i++)
        sum ^= data[i];
    return sum;
}

#endif
