/* SPDX-License-Identifier: Apache-2.0 */
/* Chance that a seed decides: everything in a simulation can be repeated. */
#ifndef OTATOOL_SIM_RANDOM_H
#define OTATOOL_SIM_RANDOM_H

#include <stdint.h>

/* Spreads the bits of a number over all of it. (splitmix64) */
static inline uint64_t random_mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static inline uint64_t random_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return random_mix(*state);
}

/* Below limit, which is not 0. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((random_next(state) >> 32) * limit >> 32);
}

/* True in so many of a million cases. */
static inline int random_chance(uint64_t *state, uint32_t millionths)
{
    return random_below(state, 1000000) < millionths;
}

#endif
