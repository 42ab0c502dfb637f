/* SPDX-License-Identifier: Apache-2.0 */
/* UART 0 with a line, by interrupts; and what flasher stubs call beside. */
#include "chip/rom.h"
#include "emulator/probe/rom_probe.h"
#include <string.h>

enum {
    UART_FIFO = 0x60000000,
    UART_ENABLED = 0x6000000c,
    UART_CLEAR = 0x60000010,
    UART_STATUS = 0x6000001c,
    UART_NUMBER = 5,
    RECEIVED = 0x101,
};

enum {
    ISR_ATTACH = 0x40000f88,
    ISR_MASK = 0x40000f98,
    ISR_UNMASK = 0x40000fa8,
    ERASE_CHIP = 0x40004984,
    MD5_INIT = 0x40009818,
    MD5_UPDATE = 0x40009834,
    MD5_FINAL = 0x40009900,
};

static volatile bool is_over;

/* Sends back what it gets, each byte one higher. */
static void echo(void *argument)
{
    volatile uint32_t *count = argument;
    while ((*reg(UART_STATUS) & 0xff) != 0) {
        uint32_t byte = *reg(UART_FIFO);
        is_over |= byte == 'q';
        *reg(UART_FIFO) = byte + 1;
        ++*count;
    }
    *reg(UART_CLEAR) = RECEIVED;
}

/* Meanwhile the program knows nothing of the line. */
void probe_echo(void)
{
    static volatile uint32_t count;
    uint32_t sum = 0;
    ROM(ISR_ATTACH, void(int, void (*)(void *), volatile void *))
    (UART_NUMBER, echo, &count);
    *reg(UART_ENABLED) = RECEIVED;
    ets_printf("ready\n");
    ROM(ISR_UNMASK, void(uint32_t))(1 << UART_NUMBER);
    while (!is_over)
        sum += count * 3;
    ROM(ISR_MASK, void(uint32_t))(1 << UART_NUMBER);
    ets_printf("%s\n", sum != 0 ? "has worked meanwhile" : "was idle");
}

void probe_md5(void)
{
    static const uint8_t wanted[] = {0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2,
                                     0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d,
                                     0x28, 0xe1, 0x7f, 0x72};
    uint32_t context[22];
    uint8_t digest[16];
    ROM(MD5_INIT, void(void *))(context);
    ROM(MD5_UPDATE, void(void *, const char *, uint32_t))(context, "ab", 2);
    ROM(MD5_UPDATE, void(void *, const char *, uint32_t))(context, "c", 1);
    ROM(MD5_FINAL, void(uint8_t *, void *))(digest, context);
    CHECK(memcmp(digest, wanted, sizeof(wanted)) == 0);
}

void probe_erase_chip(void)
{
    uint32_t words[2] = {0, 0};
    CHECK(ROM(ERASE_CHIP, int(void))() == 0);
    CHECK(SPIRead(0xffff8, words, sizeof(words)) == 0);
    CHECK(words[0] == UINT32_MAX && words[1] == UINT32_MAX);
}
