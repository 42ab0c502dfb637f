/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of a linear congruence, to give the images the size and the look of
 * real code without anyone's real code.
 */
    .macro words name, count, seed
    .align 4
    .global \name
\name:
    .set state, \seed
    .rept \count
    .set state, (state * 1103515245 + 12345) & 0xffffffff
    .word state
    .endr
    .endm

    .section .table.boot, "a"
    words boot_table, 1280, 3
    .section .table.flash, "ax"
    words flash_table, 0x5000, 1
    .section .table.rodata, "a"
    words rodata_table, 0x0c00, 2
