/* SPDX-License-Identifier: Apache-2.0 */
/* The flash: NOR rules, refusals, faults, the window. */
#include "chip/rom.h"
#include "emulator/probe/rom_probe.h"
#include <string.h>

enum { KILOBYTE = 1024, MEGABYTE = 1024 * 1024, WINDOW = 0x40200000 };

static uint32_t buffer[SECTOR / 4];

/* What the cases of torn operations program: some bits of each word. */
static uint32_t wanted(uint32_t word)
{
    return word * 0x9e3779b1u;
}

static uint32_t read_word(uint32_t offset)
{
    uint32_t word = 0;
    CHECK(SPIRead(offset, &word, 4) == 0);
    return word;
}

static bool write_word(uint32_t offset, uint32_t word)
{
    return SPIWrite(offset, &word, 4) == 0;
}

static void fill_buffer(uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        buffer[i] = wanted(i);
}

void probe_nor(void)
{
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(read_word(TEST_AT) == UINT32_MAX);
    CHECK(write_word(TEST_AT, 0xffff00ff));
    CHECK(write_word(TEST_AT, 0xff00ffff));
    CHECK(read_word(TEST_AT) == 0xff0000ff);
    CHECK(read_word(TEST_AT + 4) == UINT32_MAX);
    /* Several pages from the middle of one. */
    fill_buffer(SECTOR / 8);
    CHECK(SPIWrite(TEST_AT + PAGE / 2, buffer, SECTOR / 2) == 0);
    memset(buffer, 0, sizeof(buffer));
    CHECK(SPIRead(TEST_AT + PAGE / 2, buffer, SECTOR / 2) == 0);
    for (uint32_t i = 0; i < SECTOR / 8; i++)
        CHECK(buffer[i] == wanted(i));
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(read_word(TEST_AT) == UINT32_MAX);
    CHECK(read_word(TEST_AT + SECTOR - 4) == UINT32_MAX);
}

void probe_refusals(void)
{
    uint8_t *odd = (uint8_t *)buffer + 1;
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    memset(buffer, 0, sizeof(buffer));
    CHECK(SPIWrite(TEST_AT + 1, buffer, 4) != 0);
    CHECK(SPIWrite(TEST_AT, buffer, 6) != 0);
    CHECK(SPIWrite(TEST_AT, odd, 4) != 0);
    CHECK(read_word(TEST_AT) == UINT32_MAX);
    CHECK(SPIRead(TEST_AT + 2, buffer, 4) != 0);
    CHECK(SPIRead(TEST_AT, buffer, 3) != 0);
    CHECK(SPIRead(TEST_AT, odd, 4) != 0);
}

static void set_size(uint32_t size)
{
    CHECK(SPIParamCfg(0, size, 0x10000, SECTOR, PAGE, 0xffff) == 0);
}

/* The file has 1 MB; the ROM believes in 4 until it is told. */
void probe_chip_sizes(void)
{
    CHECK(SPIRead(4 * MEGABYTE - 4, buffer, 4) == 0);
    CHECK(SPIRead(4 * MEGABYTE - 4, buffer, 8) != 0);
    CHECK(SPIRead(4 * MEGABYTE, buffer, 4) != 0);
    CHECK(SPIEraseSector(4 * MEGABYTE / SECTOR) != 0);
    set_size(512 * KILOBYTE);
    CHECK(SPIRead(512 * KILOBYTE - 4, buffer, 4) == 0);
    CHECK(SPIRead(512 * KILOBYTE, buffer, 4) != 0);
    CHECK(SPIWrite(512 * KILOBYTE, buffer, 4) != 0);
    CHECK(SPIWrite(512 * KILOBYTE - 4, buffer, 8) != 0);
    CHECK(SPIEraseSector(512 * KILOBYTE / SECTOR) != 0);
    CHECK(SPIEraseSector(512 * KILOBYTE / SECTOR - 1) == 0);
}

/* A chip of 1 MB has no address bit 20. */
void probe_wraps(void)
{
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(write_word(MEGABYTE + TEST_AT, 0x12345678));
    CHECK(read_word(TEST_AT) == 0x12345678);
}

/* Through the registers of the controller, as the SDKs do. */
void probe_commands(void)
{
    enum {
        COMMAND = 0x60000200,
        ADDRESS = 0x60000204,
        STATUS = 0x60000210,
        USER2 = 0x60000224,
        DATA = 0x60000240,
    };
    *reg(COMMAND) = 1u << 28;
    while (*reg(COMMAND) != 0)
        ;
    CHECK((*reg(DATA) >> 16 & 0xff) == 20);
    *reg(DATA) = 0;
    *reg(USER2) = 0x9f;
    *reg(COMMAND) = 1u << 18;
    CHECK((*reg(DATA) >> 16 & 0xff) == 20);
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    *reg(ADDRESS) = 4u << 24 | TEST_AT;
    *reg(DATA) = 0x600dcafe;
    *reg(COMMAND) = 1u << 25; /* program, but writing is not enabled */
    CHECK(read_word(TEST_AT) == UINT32_MAX);
    *reg(COMMAND) = 1u << 30;
    *reg(COMMAND) = 1u << 27;
    CHECK((*reg(STATUS) & 2) != 0);
    *reg(COMMAND) = 1u << 25;
    CHECK(read_word(TEST_AT) == 0x600dcafe);
    *reg(COMMAND) = 1u << 24; /* erase; programming took the enable away */
    CHECK(read_word(TEST_AT) == 0x600dcafe);
    *reg(COMMAND) = 1u << 30;
    *reg(COMMAND) = 1u << 24;
    CHECK(read_word(TEST_AT) == UINT32_MAX);
}

/* Operation 1 erases, operations 2 and 3 program a page each. */
void probe_change(void)
{
    fill_buffer(2 * PAGE / 4);
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(SPIWrite(TEST_AT, buffer, 2 * PAGE) == 0);
}

static void tell_state(uint32_t words)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < words; i++)
        sum = (sum ^ buffer[i]) * 0x01000193u;
    ets_printf("state %08x\n", (unsigned)sum);
}

/* Of probe_change() that was cut in operation 1, over zeros. */
void probe_torn_erase(void)
{
    CHECK(SPIRead(TEST_AT - SECTOR, buffer, SECTOR) == 0);
    for (uint32_t i = 0; i < SECTOR / 4; i++)
        CHECK(buffer[i] == 0);
    CHECK(SPIRead(TEST_AT + SECTOR, buffer, SECTOR) == 0);
    for (uint32_t i = 0; i < SECTOR / 4; i++)
        CHECK(buffer[i] == 0);
    CHECK(SPIRead(TEST_AT, buffer, SECTOR) == 0);
    tell_state(SECTOR / 4);
}

/* Of probe_change() that was cut in operation 3. */
void probe_torn_program(void)
{
    CHECK(SPIRead(TEST_AT, buffer, SECTOR) == 0);
    for (uint32_t i = 0; i < PAGE / 4; i++)
        CHECK(buffer[i] == wanted(i));
    for (uint32_t i = PAGE / 4; i < 2 * PAGE / 4; i++)
        CHECK((buffer[i] & wanted(i)) == wanted(i));
    for (uint32_t i = 2 * PAGE / 4; i < SECTOR / 4; i++)
        CHECK(buffer[i] == UINT32_MAX);
    tell_state(SECTOR / 4);
}

/* werr=2 */
void probe_write_error(void)
{
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(write_word(TEST_AT, 0));
    CHECK(!write_word(TEST_AT + 4, 0));
    CHECK(read_word(TEST_AT + 4) == UINT32_MAX);
    CHECK(write_word(TEST_AT + 4, 0));
    CHECK(read_word(TEST_AT + 4) == 0);
}

/* eerr=2 */
void probe_erase_error(void)
{
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(write_word(TEST_AT, 0));
    CHECK(SPIEraseSector(TEST_SECTOR) != 0);
    CHECK(read_word(TEST_AT) == 0);
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(read_word(TEST_AT) == UINT32_MAX);
}

/* wnop=1 enop=2 */
void probe_silent(void)
{
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(write_word(TEST_AT, 0));
    CHECK(read_word(TEST_AT) == UINT32_MAX);
    CHECK(write_word(TEST_AT, 0));
    CHECK(read_word(TEST_AT) == 0);
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(read_word(TEST_AT) == 0);
}

void probe_window(void)
{
    const volatile uint32_t *window = reg(WINDOW + TEST_AT);
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(write_word(TEST_AT, 0x11223344));
    CHECK(window[0] == 0);
    Cache_Read_Enable(0, 0, 0);
    CHECK(window[0] == 0x11223344);
    CHECK(window[1] == UINT32_MAX);
    CHECK(write_word(TEST_AT + 4, 0x55667788));
    CHECK(window[1] == 0x55667788);
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(window[0] == UINT32_MAX);
    Cache_Read_Disable();
    CHECK(window[0] == 0);
}

/* The code there is a return. */
static void jump(void)
{
    ets_printf("jumps\n");
    ROM(WINDOW + TEST_AT, void(void))();
    ets_printf("is back\n");
}

enum { RETURN = 0x80 };

static void map_a_return(void)
{
    CHECK(SPIEraseSector(TEST_SECTOR) == 0);
    CHECK(write_word(TEST_AT, RETURN));
    Cache_Read_Enable(0, 0, 1);
}

/* Reading is no execution. */
void probe_jump(void)
{
    map_a_return();
    CHECK(*reg(WINDOW + TEST_AT) == RETURN);
    jump();
}

/* As the SDK's bootloader: interrupts and breakpoints are off. */
void probe_jump_masked(void)
{
    uint32_t before;
    __asm__ volatile("rsil %0, 3" : "=r"(before));
    map_a_return();
    jump();
}
