/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults of the flash, on command: which operation they befall, and what a
 * torn one leaves behind.
 */
#ifndef ROM_FAULTS_H
#define ROM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
    FAULT_NONE,
    FAULT_ERROR,   /* is told, nothing done */
    FAULT_NOTHING, /* nothing done, and nothing told */
    FAULT_CUT,     /* the power fails inside */
};

/* number: of its kind; operation: of both kinds; from 1. */
enum fault faults_of_program(uint32_t number, uint32_t operation);
enum fault faults_of_erase(uint32_t number, uint32_t operation);

/*
 * The torn operation. before is what the words held; after is what they
 * should become, and is changed to what the cut leaves.
 */
void faults_tear(uint32_t *after, const uint32_t *before, uint32_t words);

#endif
