/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where documentation is silent, blocks go to their number times the block
 * size: one that is sent again does no harm. A word that the chip cannot
 * reach ends in the ROM's own message and a watchdog reset, as there.
 * (esptool's documentation and targets/esp8266.py; the buffer's and the
 * entry's addresses: Arduino core for ESP8266, reboot_uart_dwnld.cpp)
 */
#include "rom/loader.h"
#include "chip/loader.h"
#include "chip/rom.h"
#include "otatool/slip.h"
#include "rom/clock.h"
#include "rom/entries.h"
#include "rom/power.h"
#include "rom/registers.h"
#include "rom/uart.h"
#include <stdbool.h>
#include <string.h>

/* In the ROM's part of RAM: programs that are loaded over it do not live. */
#define BUFFER ((uint8_t *)0x3fffa000)
#define USER_ENTRY ((uint32_t *)0x3fffdcd0)
enum { BUFFER_SIZE = 0x2000 };

enum {
    IRAM = 0x40100000,
    IRAM_END = 0x40110000,
    DRAM = 0x3ffe8000,
    DRAM_END = 0x40000000,
    ROM = 0x40000000,
    ROM_END = 0x40010000,
};

enum error {
    DONE = 0x00,
    BAD_MESSAGE = 0x05,
    NOT_ACHIEVED = 0x06,
    BAD_CHECKSUM = 0x07,
    NOT_WRITTEN = 0x08,
};

enum { CAUSE_UNALIGNED = 9, CAUSE_NO_LOAD = 28, CAUSE_NO_STORE = 29 };

enum end { GOES_ON, RUNS_RAM, RUNS_FLASH };

/* The request that is being answered. */
struct request {
    const struct loader_header *header;
    const uint8_t *data;
};

struct loader {
    struct loader_begin flash;
    struct loader_begin memory;
    uint32_t value; /* of the answer */
    enum end end;
};

/* --- the line ----------------------------------------------------------- */

static void send(const void *data, uint32_t size)
{
    const uint8_t *bytes = data;
    for (uint32_t i = 0; i < size; i++) {
        uint8_t sent[OTA_SLIP_MOST_BYTES];
        size_t count = ota_slip_escape(bytes[i], sent);
        for (size_t k = 0; k < count; k++)
            uart_put(sent[k]);
    }
}

static void answer(uint8_t command, enum error error, uint32_t value)
{
    const uint8_t status[2] = {error != DONE, error};
    const struct loader_header header = {
        .direction = LOADER_ANSWER,
        .command = command,
        .size = sizeof(status),
        .value = value,
    };
    uart_put(OTA_SLIP_END);
    send(&header, sizeof(header));
    send(status, sizeof(status));
    uart_put(OTA_SLIP_END);
}

/* Whole and of the length it says; what else comes is not answered. */
static struct request receive(struct ota_slip *slip)
{
    for (;;) {
        uint8_t byte;
        while (!uart_get(&byte) || ota_slip_take(slip, byte) != OTA_SLIP_FRAME)
            ;
        const struct loader_header *header = (const void *)slip->data;
        if (slip->size >= sizeof(*header) &&
            header->direction == LOADER_REQUEST &&
            header->size == slip->size - sizeof(*header))
            return (struct request){header, slip->data + sizeof(*header)};
    }
}

/* --- memory ------------------------------------------------------------- */

static bool is_in(uint32_t address, uint32_t from, uint32_t to)
{
    return address >= from && address < to;
}

static bool is_ram(uint32_t address)
{
    return is_in(address, IRAM, IRAM_END) || is_in(address, DRAM, DRAM_END);
}

static _Noreturn void die(uint32_t cause, uint32_t address)
{
    ets_printf("Fatal exception (%u): \r\nepc1=0x40003700, epc2=0x00000000, "
               "epc3=0x00000000, excvaddr=0x%08x, depc=0x00000000\r\n",
               (unsigned)cause, (unsigned)address);
    power_reset(CAUSE_WATCHDOG);
}

static uint32_t load(uint32_t address)
{
    if (address % 4 != 0)
        die(CAUSE_UNALIGNED, address);
    if (registers_have(address))
        return registers_read(address);
    if (!is_ram(address) && !is_in(address, ROM, ROM_END))
        die(CAUSE_NO_LOAD, address);
    return *(const volatile uint32_t *)address;
}

static void store(uint32_t address, uint32_t value)
{
    if (address % 4 != 0)
        die(CAUSE_UNALIGNED, address);
    if (registers_have(address))
        registers_write(address, value);
    else if (is_ram(address))
        *(volatile uint32_t *)address = value;
    else
        die(CAUSE_NO_STORE, address);
}

/* --- commands ----------------------------------------------------------- */

static enum error sync(struct loader *loader, const struct request *request)
{
    uint32_t word = *(const uint32_t *)request->data;
    if (word != LOADER_SYNC_WORD)
        return BAD_MESSAGE;
    loader->value = word;
    for (uint32_t i = 1; i < LOADER_SYNC_ANSWERS; i++)
        answer(LOADER_SYNC, DONE, word);
    return DONE;
}

static enum error read_register(struct loader *loader,
                                const struct request *request)
{
    loader->value = load(*(const uint32_t *)request->data);
    return DONE;
}

static enum error write_register(struct loader *loader,
                                 const struct request *request)
{
    const struct {
        uint32_t address;
        uint32_t value;
        uint32_t mask;
        uint32_t delay_us;
    } *order = (const void *)request->data;
    uint32_t value = order->value;
    (void)loader;
    if (order->mask != UINT32_MAX)
        value = (load(order->address) & ~order->mask) | (value & order->mask);
    store(order->address, value);
    ets_delay_us(order->delay_us);
    return DONE;
}

static enum error flash_begin(struct loader *loader,
                              const struct request *request)
{
    memcpy(&loader->flash, request->data, sizeof(loader->flash));
    SPIUnlock();
    return SPIEraseArea(loader->flash.address, loader->flash.size) == 0
               ? DONE
               : NOT_ACHIEVED;
}

static enum error memory_begin(struct loader *loader,
                               const struct request *request)
{
    memcpy(&loader->memory, request->data, sizeof(loader->memory));
    return DONE;
}

/* NULL: the request is no block of what was begun. */
static const struct loader_block *find_block(const struct loader_begin *begun,
                                             const struct request *request,
                                             enum error *error)
{
    const struct loader_block *block = (const void *)request->data;
    const uint8_t *data = (const uint8_t *)(block + 1);
    *error = BAD_MESSAGE;
    if (block->size != request->header->size - sizeof(*block) ||
        block->size > begun->block_size || block->number >= begun->blocks)
        return NULL;
    *error = BAD_CHECKSUM;
    if (loader_checksum(data, block->size) != (uint8_t)request->header->value)
        return NULL;
    *error = DONE;
    return block;
}

static uint32_t place_of(const struct loader_begin *begun,
                         const struct loader_block *block)
{
    return begun->address + block->number * begun->block_size;
}

/* Written, read back and summed up: all that the ROM does for safety. */
static enum error flash_data(struct loader *loader,
                             const struct request *request)
{
    enum error error;
    const struct loader_block *block =
        find_block(&loader->flash, request, &error);
    if (!block)
        return error;
    uint8_t *data = (uint8_t *)(uintptr_t)(block + 1);
    uint32_t place = place_of(&loader->flash, block);
    uint32_t size = (block->size + 3) & ~UINT32_C(3);
    if (SPIWrite(place, data, size) != 0)
        return NOT_ACHIEVED;
    uint8_t sum = loader_checksum(data, block->size);
    if (SPIRead(place, data, size) != 0)
        return NOT_ACHIEVED;
    return loader_checksum(data, block->size) == sum ? DONE : NOT_WRITTEN;
}

static enum error memory_data(struct loader *loader,
                              const struct request *request)
{
    enum error error;
    const struct loader_block *block =
        find_block(&loader->memory, request, &error);
    if (!block)
        return error;
    const uint32_t *words = (const uint32_t *)(block + 1);
    uint32_t place = place_of(&loader->memory, block);
    for (uint32_t i = 0; i < block->size; i += 4)
        store(place + i, words[i / 4]);
    return DONE;
}

/* 0: restart; 1: go on with the program in flash. */
static enum error flash_end(struct loader *loader,
                            const struct request *request)
{
    if (*(const uint32_t *)request->data == 0) {
        answer(LOADER_FLASH_END, DONE, 0);
        power_reset(CAUSE_SOFTWARE);
    }
    *USER_ENTRY = 0;
    loader->end = RUNS_FLASH;
    return DONE;
}

/* 0: run it; else only the loading ends. */
static enum error memory_end(struct loader *loader,
                             const struct request *request)
{
    const uint32_t *words = (const uint32_t *)request->data;
    if (words[0] != 0)
        return DONE;
    *USER_ENTRY = words[1];
    loader->end = RUNS_RAM;
    return DONE;
}

struct row {
    enum loader_command command;
    uint32_t least_size;
    enum error (*run)(struct loader *loader, const struct request *request);
};

static const struct row rows[] = {
    {LOADER_FLASH_BEGIN, sizeof(struct loader_begin), flash_begin},
    {LOADER_FLASH_DATA, sizeof(struct loader_block), flash_data},
    {LOADER_FLASH_END, 4, flash_end},
    {LOADER_MEM_BEGIN, sizeof(struct loader_begin), memory_begin},
    {LOADER_MEM_END, 8, memory_end},
    {LOADER_MEM_DATA, sizeof(struct loader_block), memory_data},
    {LOADER_SYNC, 4, sync},
    {LOADER_WRITE_REGISTER, 16, write_register},
    {LOADER_READ_REGISTER, 4, read_register},
};

static enum error execute(struct loader *loader, const struct request *request)
{
    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].command == request->header->command)
            return request->header->size >= rows[i].least_size
                       ? rows[i].run(loader, request)
                       : BAD_MESSAGE;
    return BAD_MESSAGE;
}

/* The ROM receives by interrupt. Its handler stays when a program is started
 * and takes that one's bytes, unless the program has it masked. */
static void swallow(void *argument)
{
    uint8_t byte;
    (void)argument;
    while (uart_get(&byte))
        ;
}

static void leave_handler(void)
{
    enum { UART_NUMBER = 5, RECEIVED = 0x101 };
    ets_isr_attach(UART_NUMBER, swallow, NULL);
    uart_write(UART0_ENABLED, RECEIVED);
    ets_isr_unmask(1 << UART_NUMBER);
}

void ets_set_user_start(const void *entry)
{
    *USER_ENTRY = (uint32_t)entry;
}

uint32_t loader_run(void)
{
    struct ota_slip slip = {
        .data = BUFFER, .capacity = BUFFER_SIZE, .is_chained = true};
    struct loader loader = {.end = GOES_ON};
    clock_watchdog(false, 0);
    uart_detect_speed();
    while (loader.end == GOES_ON) {
        struct request request = receive(&slip);
        loader.value = 0;
        enum error error = execute(&loader, &request);
        answer(request.header->command, error, loader.value);
    }
    uart_flush();
    leave_handler();
    return loader.end == RUNS_RAM ? *USER_ENTRY : 0;
}
