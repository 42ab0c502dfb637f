/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ROM calls the stub from its main(), which has looked at the straps and
 * would go on with the program in flash if no other were set: there the stub
 * leaves to, on the stack as it was. (address: the ROM's main(); esptool's
 * first stubs left by the same way)
 */
    .section .entry, "ax"
    .literal_position
    .align 4
    .global stub_entry
    .type stub_entry, @function
stub_entry:
    mov a2, a1
    movi a0, stub_main
    jx a0
    .size stub_entry, . - stub_entry

    .align 4
    .global stub_leave
    .type stub_leave, @function
stub_leave:
    mov a1, a2
    movi a0, 0x400010a8
    jx a0
    .size stub_leave, . - stub_leave
