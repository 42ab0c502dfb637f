/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of flash contents by their 64-bit hashes. Of ten million contents
 * two share a hash with a chance of 3 in a million.
 */
#ifndef OTATOOL_STATE_SET_H
#define OTATOOL_STATE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: empty. */
struct ota_state_set {
    uint64_t *digests; /* owned; 0: free */
    uint8_t *depths;   /* owned: how many more cuts were tried from there */
    size_t capacity;   /* a power of 2, or 0 */
    size_t count;
    bool is_out_of_memory; /* something is missing */
};

/* Adds digest, or raises its depth. False where it was there with this depth
 * or a greater one. */
bool ota_state_set_add(struct ota_state_set *set, uint64_t digest,
                       uint8_t depth);

/* Adds all of other. */
void ota_state_set_merge(struct ota_state_set *set,
                         const struct ota_state_set *other);

void ota_state_set_release(struct ota_state_set *set);

#endif
