/* SPDX-License-Identifier: Apache-2.0 */
/* Between start.S and C. */
#ifndef ROM_START_H
#define ROM_START_H

#include <stdint.h>

/* Registers of the program that an exception stopped. start.S knows it. */
struct frame {
    uint32_t a[16];
    uint32_t sar;
};

/* In start.S: gives up the stack and boots. */
_Noreturn void start_again(uint32_t cause);

/* boot.c: loads the image and returns its entry. cause 0 is power on. */
uint32_t boot(uint32_t cause);
uint32_t boot_from_flash(void); /* the same, whatever the straps say */
_Noreturn void boot_returned(void);

/* exception.c: returns where the program goes on. */
uint32_t exception_general(struct frame *frame, uint32_t cause, uint32_t pc,
                           uint32_t address);
_Noreturn void exception_debug(uint32_t pc);
_Noreturn void exception_double(uint32_t cause, uint32_t pc, uint32_t address);

#endif
