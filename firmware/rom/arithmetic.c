/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiler calls for operations the chip's CPU has no instruction
 * for. Dividing by 0 gives all ones, as a quotient that grew without end.
 */
#include "rom/entries.h"
#include <stdbool.h>

union wide {
    uint64_t all;
    struct {
        uint32_t low;
        uint32_t high;
    };
};

struct division {
    uint32_t quotient;
    uint32_t rest;
};

struct wide_division {
    uint64_t quotient;
    uint64_t rest;
};

static struct division divide(uint32_t number, uint32_t divisor)
{
    struct division result = {.quotient = 0, .rest = number};
    uint32_t bit = 1;
    if (divisor == 0)
        return (struct division){.quotient = UINT32_MAX};
    while (divisor < number && !(divisor >> 31)) {
        divisor <<= 1;
        bit <<= 1;
    }
    for (; bit != 0; bit >>= 1, divisor >>= 1)
        if (result.rest >= divisor) {
            result.rest -= divisor;
            result.quotient |= bit;
        }
    return result;
}

static struct wide_division divide_wide(uint64_t number, uint64_t divisor)
{
    struct wide_division result = {.quotient = 0, .rest = number};
    uint64_t bit = 1;
    if (divisor == 0)
        return (struct wide_division){.quotient = UINT64_MAX};
    while (divisor < number && !(divisor >> 63)) {
        divisor <<= 1;
        bit <<= 1;
    }
    for (; bit != 0; bit >>= 1, divisor >>= 1)
        if (result.rest >= divisor) {
            result.rest -= divisor;
            result.quotient |= bit;
        }
    return result;
}

uint32_t __udivsi3(uint32_t number, uint32_t divisor)
{
    return divide(number, divisor).quotient;
}

uint32_t __umodsi3(uint32_t number, uint32_t divisor)
{
    return divide(number, divisor).rest;
}

static uint32_t magnitude(int32_t number)
{
    return number < 0 ? 0 - (uint32_t)number : (uint32_t)number;
}

int32_t __divsi3(int32_t number, int32_t divisor)
{
    uint32_t quotient = divide(magnitude(number), magnitude(divisor)).quotient;
    return (int32_t)((number ^ divisor) < 0 ? 0 - quotient : quotient);
}

uint64_t __udivdi3(uint64_t number, uint64_t divisor)
{
    return divide_wide(number, divisor).quotient;
}

uint64_t __umoddi3(uint64_t number, uint64_t divisor)
{
    return divide_wide(number, divisor).rest;
}

static uint64_t wide_magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

int64_t __divdi3(int64_t number, int64_t divisor)
{
    uint64_t quotient =
        divide_wide(wide_magnitude(number), wide_magnitude(divisor)).quotient;
    return (int64_t)((number ^ divisor) < 0 ? 0 - quotient : quotient);
}

/* The CPU gives the low word of a product only. */
uint64_t __umulsidi3(uint32_t left, uint32_t right)
{
    uint32_t a = left & 0xffff, b = left >> 16;
    uint32_t c = right & 0xffff, d = right >> 16;
    uint32_t low = a * c;
    uint32_t middle = (low >> 16) + ((a * d) & 0xffff) + ((b * c) & 0xffff);
    union wide product = {.low = middle << 16 | (low & 0xffff)};
    product.high = b * d + ((a * d) >> 16) + ((b * c) >> 16) + (middle >> 16);
    return product.all;
}

uint64_t __muldi3(uint64_t left, uint64_t right)
{
    union wide a = {.all = left};
    union wide b = {.all = right};
    union wide product = {.all = __umulsidi3(a.low, b.low)};
    product.high += a.low * b.high + a.high * b.low;
    return product.all;
}
