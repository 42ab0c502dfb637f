/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way into C and back: power on, resets, exceptions. The CPU's vectors
 * are among the entries (entries.S) and jump here.
 */

/*
 * Machine "sim" starts here, whatever the ELF's entry; "lx60-nommu" puts its
 * own jump to the ELF's entry here.
 */
    .section .power_on, "ax"
    .global power_on_vector
power_on_vector:
    j 1f
    .align 4
    .literal_position
1:  movi a0, start_cold
    jx a0

    .text
    .literal_position
    .align 4
    .global start_cold
start_cold:
    movi a2, 0
    .global start_again
start_again:                    /* a2: cause of the reset */
    rsil a3, 3
    movi a1, stack_end
    movi a3, 0x40000000
    wsr a3, vecbase
    movi a3, 0
    wsr a3, intenable
    rsync
    movi a0, boot
    callx0 a0
run_program:
    /* The program gets the stack of the chip's ROM, and level 0. */
    movi a1, 0x3ffffe70
    movi a3, 0x20
    wsr a3, ps
    rsync
    movi a0, 0x40001100
    jx a2
    .global start_returned
start_returned:
    movi a1, stack_end
    movi a0, boot_returned
    callx0 a0

    /* A program in RAM gives up and wants the one in flash. */
    .align 4
    .literal_position
    .global start_from_flash
start_from_flash:
    rsil a3, 3
    movi a1, stack_end
    movi a0, boot_from_flash
    callx0 a0
    j run_program

    .align 4
    .literal_position
    .global start_exception
start_exception:                /* a0 is in excsave1 */
    movi a0, frame
    s32i a1, a0, 4
    s32i a2, a0, 8
    s32i a3, a0, 12
    s32i a4, a0, 16
    s32i a5, a0, 20
    s32i a6, a0, 24
    s32i a7, a0, 28
    s32i a8, a0, 32
    s32i a9, a0, 36
    s32i a10, a0, 40
    s32i a11, a0, 44
    s32i a12, a0, 48
    s32i a13, a0, 52
    s32i a14, a0, 56
    s32i a15, a0, 60
    rsr a1, excsave1
    s32i a1, a0, 0
    rsr a1, sar
    s32i a1, a0, 64
    mov a2, a0
    rsr a3, exccause
    rsr a4, epc1
    rsr a5, excvaddr
    movi a1, exception_stack_end
    movi a0, exception_general
    callx0 a0
    wsr a2, epc1
    movi a0, frame
    l32i a1, a0, 64
    wsr a1, sar
    l32i a1, a0, 4
    l32i a2, a0, 8
    l32i a3, a0, 12
    l32i a4, a0, 16
    l32i a5, a0, 20
    l32i a6, a0, 24
    l32i a7, a0, 28
    l32i a8, a0, 32
    l32i a9, a0, 36
    l32i a10, a0, 40
    l32i a11, a0, 44
    l32i a12, a0, 48
    l32i a13, a0, 52
    l32i a14, a0, 56
    l32i a15, a0, 60
    l32i a0, a0, 0
    rfe

    .align 4
    .literal_position
    .global start_double_exception
start_double_exception:
    movi a1, exception_stack_end
    rsr a2, exccause
    rsr a3, depc
    rsr a4, excvaddr
    movi a0, exception_double
    callx0 a0

    .align 4
    .literal_position
    .global start_debug
start_debug:
    movi a1, exception_stack_end
    rsr a2, epc2
    movi a0, exception_debug
    callx0 a0

    .align 4
    .global interrupt_return
interrupt_return:
    ill

    .bss
    .align 16
frame:
    .space 68
