/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The app's first instruction. The stack moves to the top of the RAM, since
 * that of whoever was before may lie where our data go. a2, the offset of
 * the app in flash, is passed on.
 */
    .section .entry, "ax"
    .literal_position
    .align 4
    .global call_start_cpu
    .type call_start_cpu, @function
call_start_cpu:
    movi a1, 0x3ffffff0
    movi a0, app_load
    jx a0
    .size call_start_cpu, . - call_start_cpu
