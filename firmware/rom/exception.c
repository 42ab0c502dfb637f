/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions of the program that runs: accesses to registers are carried
 * out, interrupts go to their handlers, all else ends the run. (Xtensa
 * Instruction Set Architecture: codes of instructions and causes)
 */
#include "rom/clock.h"
#include "rom/console.h"
#include "rom/interrupts.h"
#include "rom/power.h"
#include "rom/registers.h"
#include "rom/start.h"
#include "rom/stop.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    CAUSE_ILLEGAL_INSTRUCTION = 0,
    CAUSE_INTERRUPT = 4,
    CAUSE_DATA_BUS = 14,
    CAUSE_ADDRESS_BUS = 15,
    CAUSE_LOAD_PROHIBITED = 28,
    CAUSE_STORE_PROHIBITED = 29,
};

enum { ROM_START = 0x40000000, ROM_END = 0x40100000 };

struct access {
    uint32_t address;
    uint32_t mask; /* of the bits, before they are shifted into place */
    uint32_t code_size;
    uint32_t target; /* number of the register */
    bool is_store;
    bool is_signed;
};

/* The wide forms: code 2 in the lowest bits, kind in bits 12 to 15. */
struct kind {
    uint32_t code;
    uint32_t mask;
    uint32_t scale;
    bool is_store;
    bool is_signed;
};

static const struct kind kinds[] = {
    {.code = 0, .mask = 0xff, .scale = 1},                         /* l8ui */
    {.code = 1, .mask = 0xffff, .scale = 2},                       /* l16ui */
    {.code = 2, .mask = UINT32_MAX, .scale = 4},                   /* l32i */
    {.code = 4, .mask = 0xff, .scale = 1, .is_store = true},       /* s8i */
    {.code = 5, .mask = 0xffff, .scale = 2, .is_store = true},     /* s16i */
    {.code = 6, .mask = UINT32_MAX, .scale = 4, .is_store = true}, /* s32i */
    {.code = 9, .mask = 0xffff, .scale = 2, .is_signed = true},    /* l16si */
};

enum { OPCODE_WIDE = 2, OPCODE_L32I_N = 8, OPCODE_S32I_N = 9 };

static uint32_t code_byte(uint32_t address)
{
    uint32_t word = *(const uint32_t *)(address & ~UINT32_C(3));
    return word >> (address % 4 * 8) & 0xff;
}

static uint32_t fetch(uint32_t pc)
{
    return code_byte(pc) | code_byte(pc + 1) << 8 | code_byte(pc + 2) << 16;
}

static const struct kind *find_kind(uint32_t code)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].code == code)
            return &kinds[i];
    return NULL;
}

static bool decode(struct access *access, const struct frame *frame,
                   uint32_t pc)
{
    uint32_t code = fetch(pc);
    uint32_t opcode = code & 15;
    uint32_t base = frame->a[code >> 8 & 15];
    access->target = code >> 4 & 15;
    if (opcode == OPCODE_WIDE) {
        const struct kind *kind = find_kind(code >> 12 & 15);
        if (kind == NULL)
            return false;
        access->address = base + (code >> 16) * kind->scale;
        access->mask = kind->mask;
        access->code_size = 3;
        access->is_store = kind->is_store;
        access->is_signed = kind->is_signed;
        return true;
    }
    access->address = base + (code >> 12 & 15) * 4;
    access->mask = UINT32_MAX;
    access->code_size = 2;
    access->is_store = opcode == OPCODE_S32I_N;
    access->is_signed = false;
    return opcode == OPCODE_L32I_N || opcode == OPCODE_S32I_N;
}

static void load(const struct access *access, struct frame *frame)
{
    uint32_t shift = access->address % 4 * 8;
    uint32_t word = registers_read(access->address & ~UINT32_C(3));
    uint32_t value = word >> shift & access->mask;
    if (access->is_signed)
        value = (uint32_t)(int32_t)(int16_t)value;
    frame->a[access->target] = value;
}

static void store(const struct access *access, const struct frame *frame)
{
    uint32_t shift = access->address % 4 * 8;
    uint32_t word = access->address & ~UINT32_C(3);
    uint32_t value = frame->a[access->target] & access->mask;
    if (access->mask != UINT32_MAX)
        value =
            (registers_read(word) & ~(access->mask << shift)) | value << shift;
    registers_write(word, value);
}

/* Whether a conditional branch on register against 0 leads elsewhere. */
static bool is_taken(uint32_t code, const struct frame *frame)
{
    bool is_zero = frame->a[code >> 8 & 15] == 0;
    return (code & 0xcf) == 0x8c ? is_zero : !is_zero;
}

/*
 * "Feed, then loop without end" is how programs let the watchdog reset them.
 * The loop calls nothing that counts time.
 */
static bool is_endless_loop(uint32_t pc, const struct frame *frame)
{
    enum { JUMP_TO_ITSELF = 0xffff06 };
    uint32_t code = fetch(pc);
    bool is_branch = (code & 0xcf) == 0x8c || (code & 0xcf) == 0xcc;
    if (is_branch && !is_taken(code, frame))
        code = fetch(pc + 2);
    return code == JUMP_TO_ITSELF;
}

static bool is_refused_access(uint32_t cause)
{
    return cause == CAUSE_LOAD_PROHIBITED || cause == CAUSE_STORE_PROHIBITED ||
           cause == CAUSE_DATA_BUS || cause == CAUSE_ADDRESS_BUS;
}

static bool is_in_rom(uint32_t address)
{
    return address >= ROM_START && address < ROM_END;
}

static _Noreturn void end(const struct frame *frame, uint32_t cause,
                          uint32_t pc, uint32_t address)
{
    console_say("exception %u at 0x%08x, access to 0x%08x, called from 0x%08x",
                (unsigned)cause, (unsigned)pc, (unsigned)address,
                (unsigned)frame->a[0]);
    for (uint32_t i = 0; i < 16; i += 4)
        console_say("a%u: %08x %08x %08x %08x", (unsigned)i,
                    (unsigned)frame->a[i], (unsigned)frame->a[i + 1],
                    (unsigned)frame->a[i + 2], (unsigned)frame->a[i + 3]);
    power_end(ROM_EXCEPTION);
}

/* Where the ROM has no function there are zeros, an illegal instruction. */
static _Noreturn void end_unknown_entry(const struct frame *frame, uint32_t pc)
{
    console_say("unknown entry 0x%08x, called from 0x%08x", (unsigned)pc,
                (unsigned)frame->a[0]);
    power_end(ROM_UNKNOWN_ENTRY);
}

uint32_t exception_general(struct frame *frame, uint32_t cause, uint32_t pc,
                           uint32_t address)
{
    struct access access;
    if (cause == CAUSE_INTERRUPT)
        return interrupts_tick(frame, pc);
    if (cause == CAUSE_ILLEGAL_INSTRUCTION && interrupts_are_done(pc))
        return interrupts_leave(frame);
    if (cause == CAUSE_ILLEGAL_INSTRUCTION && is_in_rom(pc))
        end_unknown_entry(frame, pc);
    if (cause == CAUSE_ILLEGAL_INSTRUCTION)
        stop_check(pc);
    if (!is_refused_access(cause) || !registers_have(address) ||
        !decode(&access, frame, pc))
        end(frame, cause, pc, address);
    if (access.is_store)
        store(&access, frame);
    else
        load(&access, frame);
    pc += access.code_size;
    if (is_endless_loop(pc, frame))
        clock_spin();
    return pc;
}

/* The breakpoint of stop=, or an instruction BREAK. */
void exception_debug(uint32_t pc)
{
    stop_check(pc);
    console_say("break at 0x%08x", (unsigned)pc);
    power_end(ROM_EXCEPTION);
}

void exception_double(uint32_t cause, uint32_t pc, uint32_t address)
{
    console_say("exception %u in an exception at 0x%08x, access to 0x%08x",
                (unsigned)cause, (unsigned)pc, (unsigned)address);
    power_end(ROM_EXCEPTION);
}
