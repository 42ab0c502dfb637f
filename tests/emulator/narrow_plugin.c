/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU lets pass what the chip refuses: accesses of 8 and 16 bits to IRAM
 * and the flash window, and any store into the window. This plugin ends the
 * run with ROM_NARROW at the first. A guest that does not leave one block of
 * code ends with ROM_SPINS.
 *
 *   -plugin NARROW_PLUGIN.so[,spin=BLOCKS]
 *
 * The stand-in ROM is free to do all that: it plays the hardware.
 */
#include "../../firmware/rom/status.h"
#include "qemu_plugin_api.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROM = 0x40000000,
    ROM_END = 0x40100000,
    IRAM = 0x40100000,
    IRAM_END = 0x40110000,
    WINDOW = 0x40200000,
    WINDOW_END = 0x40300000,
    ROM_OWN = 0x50000000,
    ROM_OWN_END = 0x54000000,
    WORD_SHIFT = 2,
};

/* QEMU calls without a context of ours for the machine as a whole. */
static struct {
    uint64_t block;   /* that ran last */
    uint64_t repeats; /* in a row */
    uint64_t most;
} state = {.most = 200000000};

int qemu_plugin_version = QEMU_PLUGIN_API;

static _Noreturn void end(int status, const char *what, uint64_t code,
                          uint64_t address)
{
    fprintf(stderr, "[plugin] %s: code at 0x%08x, address 0x%08x\n", what,
            (unsigned)code, (unsigned)address);
    fflush(NULL);
    _Exit(status);
}

static bool is_within(uint64_t address, uint64_t from, uint64_t to)
{
    return address >= from && address < to;
}

static void on_access(unsigned cpu, qemu_access access, uint64_t address,
                      void *context)
{
    uint64_t code = (uintptr_t)context;
    bool in_window = is_within(address, WINDOW, WINDOW_END);
    (void)cpu;
    if (!in_window && !is_within(address, IRAM, IRAM_END))
        return;
    if (qemu_plugin_mem_size_shift(access) < WORD_SHIFT)
        end(ROM_NARROW, "access of less than a word", code, address);
    if (in_window && qemu_plugin_mem_is_store(access))
        end(ROM_NARROW, "store into the flash window", code, address);
}

static void on_block(unsigned cpu, void *context)
{
    uint64_t block = (uintptr_t)context;
    (void)cpu;
    if (block != state.block) {
        state.block = block;
        state.repeats = 0;
    } else if (++state.repeats > state.most) {
        end(ROM_SPINS, "loop without end", block, block);
    }
}

static void on_translation(qemu_id id, struct qemu_plugin_tb *block)
{
    uint64_t start = qemu_plugin_tb_vaddr(block);
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(
        block, on_block, QEMU_CALLBACK_NO_REGISTERS, (void *)(uintptr_t)start);
    if (is_within(start, ROM, ROM_END) ||
        is_within(start, ROM_OWN, ROM_OWN_END))
        return;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction =
            qemu_plugin_tb_get_insn(block, i);
        uintptr_t code = qemu_plugin_insn_vaddr(instruction);
        qemu_plugin_register_vcpu_mem_cb(
            instruction, on_access, QEMU_CALLBACK_NO_REGISTERS,
            QEMU_MEMORY_READ_AND_WRITE, (void *)code);
    }
}

int qemu_plugin_install(qemu_id id, const struct qemu_info *info, int count,
                        char **arguments)
{
    (void)info;
    for (int i = 0; i < count; i++)
        if (strncmp(arguments[i], "spin=", 5) == 0)
            state.most = strtoull(arguments[i] + 5, NULL, 0);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
