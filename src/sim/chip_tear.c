/* SPDX-License-Identifier: Apache-2.0 */
#include "chip_tear.h"
#include "random.h"
#include <string.h>

/* Which bits of a byte have got their new value. */
static uint8_t changed_bits(enum ota_chip_tear tear, uint64_t *state)
{
    uint64_t chance = random_next(state);
    uint8_t bits = (uint8_t)chance;
    uint8_t more = (uint8_t)(chance >> 8);
    uint8_t most = (uint8_t)(chance >> 16);
    if (tear == OTA_CHIP_TEAR_NEARLY)
        return bits | more | most;
    if (tear == OTA_CHIP_TEAR_HARDLY)
        return bits & more & most;
    return bits;
}

static uint8_t blend(uint8_t before, uint8_t after, uint8_t bits)
{
    return (uint8_t)((before & ~bits) | (after & bits));
}

static void tear_bits(uint8_t *after, const uint8_t *before, uint32_t size,
                      enum ota_chip_tear tear, uint64_t *state)
{
    for (uint32_t i = 0; i < size; i++)
        after[i] = blend(before[i], after[i], changed_bits(tear, state));
}

static void tear_front(uint8_t *after, const uint8_t *before, uint32_t size,
                       uint64_t *state)
{
    uint32_t reached = random_below(state, size);
    uint8_t bits = (uint8_t)random_next(state);
    after[reached] = blend(before[reached], after[reached], bits);
    memcpy(after + reached + 1, before + reached + 1, size - reached - 1);
}

static void tear_back(uint8_t *after, const uint8_t *before, uint32_t size,
                      uint64_t *state)
{
    uint32_t reached = random_below(state, size);
    memcpy(after, before, reached);
}

void chip_tear(uint8_t *after, const uint8_t *before, uint32_t size,
               enum ota_chip_tear tear, uint64_t seed)
{
    uint64_t state = seed;
    switch (tear) {
    case OTA_CHIP_TEAR_NONE:
        memcpy(after, before, size);
        break;
    case OTA_CHIP_TEAR_HALF:
        memcpy(after + size / 2, before + size / 2, size - size / 2);
        break;
    case OTA_CHIP_TEAR_FRONT:
        tear_front(after, before, size, &state);
        break;
    case OTA_CHIP_TEAR_BACK:
        tear_back(after, before, size, &state);
        break;
    case OTA_CHIP_TEAR_SCATTERED:
    case OTA_CHIP_TEAR_NEARLY:
    case OTA_CHIP_TEAR_HARDLY:
        tear_bits(after, before, size, tear, &state);
        break;
    case OTA_CHIP_TEAR_ALL:
    case OTA_CHIP_TEAR_WEAK:
    case OTA_CHIP_TEARS:
        break;
    }
}

const char *ota_chip_tear_name(enum ota_chip_tear tear)
{
    static const char *const names[OTA_CHIP_TEARS] = {
        [OTA_CHIP_TEAR_NONE] = "before",
        [OTA_CHIP_TEAR_ALL] = "behind",
        [OTA_CHIP_TEAR_HALF] = "half",
        [OTA_CHIP_TEAR_FRONT] = "front",
        [OTA_CHIP_TEAR_SCATTERED] = "scattered",
        [OTA_CHIP_TEAR_NEARLY] = "nearly",
        [OTA_CHIP_TEAR_HARDLY] = "hardly",
        [OTA_CHIP_TEAR_BACK] = "back",
        [OTA_CHIP_TEAR_WEAK] = "weak",
    };
    return names[tear];
}
