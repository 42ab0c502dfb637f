/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IEEE 754 with rounding to the nearest, ties to even. Both formats are
 * taken apart into one form, calculated there, and put together again.
 */
#include "rom/soft_float.h"
#include "rom/entries.h"
#include <stdbool.h>

enum kind { KIND_ZERO, KIND_NUMBER, KIND_INFINITE, KIND_NAN };

/* Value of a KIND_NUMBER: fraction / 2^62 * 2^exponent, where bit 62 of
 * fraction is set. Its lowest bit gathers what was shifted out. */
struct number {
    enum kind kind;
    bool negative;
    int32_t exponent;
    uint64_t fraction;
};

struct format {
    uint32_t fraction_bits; /* stored ones */
    int32_t bias;
};

static const struct format single = {.fraction_bits = 23, .bias = 127};
static const struct format twofold = {.fraction_bits = 52, .bias = 1023};

enum { TOP_BIT = 62 };

static uint64_t bit(uint32_t position)
{
    return UINT64_C(1) << position;
}

static uint64_t shift_right(uint64_t fraction, int32_t distance)
{
    if (distance > TOP_BIT)
        return fraction != 0;
    uint64_t lost = fraction & (bit((uint32_t)distance) - 1);
    return fraction >> distance | (lost != 0);
}

static struct number normalise(struct number number)
{
    if (number.fraction == 0)
        number.kind = KIND_ZERO;
    if (number.fraction >> (TOP_BIT + 1)) {
        number.fraction = shift_right(number.fraction, 1);
        number.exponent++;
    }
    while (number.fraction != 0 && !(number.fraction >> TOP_BIT)) {
        number.fraction <<= 1;
        number.exponent--;
    }
    return number;
}

static struct number take_apart(uint64_t bits, const struct format *format)
{
    uint32_t width = format->fraction_bits;
    int32_t largest = 2 * format->bias + 1;
    int32_t exponent = (int32_t)(bits >> width) & largest;
    uint64_t stored = bits & (bit(width) - 1);
    struct number number = {
        .kind = KIND_NUMBER,
        .negative = (bits >> width & (uint32_t)(largest + 1)) != 0,
        .exponent = exponent - format->bias,
        .fraction = (stored | bit(width)) << (TOP_BIT - width),
    };
    if (exponent == largest)
        number.kind = stored != 0 ? KIND_NAN : KIND_INFINITE;
    if (exponent != 0)
        return number;
    number.exponent++; /* subnormal: no hidden bit */
    number.fraction = stored << (TOP_BIT - width);
    return normalise(number);
}

/* The fraction with its hidden bit, rounded to what format stores. */
static uint64_t round_off(uint64_t fraction, uint32_t dropped)
{
    uint64_t half = bit(dropped - 1);
    uint64_t rest = fraction & (bit(dropped) - 1);
    uint64_t kept = fraction >> dropped;
    return kept + (rest > half || (rest == half && (kept & 1)));
}

static uint64_t put_together(struct number number, const struct format *format)
{
    uint32_t width = format->fraction_bits;
    int32_t largest = 2 * format->bias + 1;
    int32_t exponent = number.exponent + format->bias;
    uint64_t infinite = (uint64_t)largest << width;
    uint64_t sign =
        number.negative ? (uint64_t)(uint32_t)(largest + 1) << width : 0;
    if (number.kind == KIND_NAN)
        return infinite | bit(width - 1);
    if (number.kind == KIND_INFINITE || exponent >= largest)
        return sign | (number.kind == KIND_ZERO ? 0 : infinite);
    if (number.kind == KIND_ZERO)
        return sign;
    if (exponent <= 0) {
        number.fraction = shift_right(number.fraction, 1 - exponent);
        exponent = 0;
    } else {
        exponent--; /* the hidden bit adds it again, as does rounding up */
    }
    return sign | (((uint64_t)exponent << width) +
                   round_off(number.fraction, TOP_BIT - width));
}

static const struct number not_a_number = {.kind = KIND_NAN};

static struct number add_special(struct number left, struct number right)
{
    if (left.kind == KIND_NAN || right.kind == KIND_NAN)
        return not_a_number;
    if (left.kind == KIND_INFINITE && right.kind == KIND_INFINITE)
        return left.negative == right.negative ? left : not_a_number;
    if (left.kind == KIND_ZERO && right.kind == KIND_ZERO) {
        left.negative = left.negative && right.negative;
        return left;
    }
    return left.kind == KIND_INFINITE || right.kind == KIND_ZERO ? left : right;
}

static bool is_larger(const struct number *left, const struct number *right)
{
    if (left->exponent != right->exponent)
        return left->exponent > right->exponent;
    return left->fraction > right->fraction;
}

static struct number add(struct number left, struct number right)
{
    if (left.kind != KIND_NUMBER || right.kind != KIND_NUMBER)
        return add_special(left, right);
    if (is_larger(&right, &left)) {
        struct number larger = right;
        right = left;
        left = larger;
    }
    uint64_t other =
        shift_right(right.fraction, left.exponent - right.exponent);
    if (left.negative == right.negative)
        left.fraction += other;
    else
        left.fraction -= other;
    if (left.fraction == 0)
        left.negative = false;
    return normalise(left);
}

static struct number subtract(struct number left, struct number right)
{
    right.negative = !right.negative;
    return add(left, right);
}

/* Of two fractions below 2^63, the product's bits from 62 on. */
static uint64_t multiply_fractions(uint64_t left, uint64_t right)
{
    uint32_t a = (uint32_t)left, b = (uint32_t)(left >> 32);
    uint32_t c = (uint32_t)right, d = (uint32_t)(right >> 32);
    uint64_t low = __umulsidi3(a, c);
    uint64_t middle = __umulsidi3(a, d) + (low >> 32);
    uint64_t cross = __umulsidi3(b, c) + (uint32_t)middle;
    uint64_t high = __umulsidi3(b, d) + (middle >> 32) + (cross >> 32);
    uint64_t lost = (uint32_t)low | (cross & 0x3fffffff);
    return high << 2 | ((uint32_t)cross >> 30) | (lost != 0);
}

static struct number multiply(struct number left, struct number right)
{
    left.negative = left.negative != right.negative;
    if (left.kind == KIND_NAN || right.kind == KIND_NAN ||
        (left.kind == KIND_INFINITE && right.kind == KIND_ZERO) ||
        (left.kind == KIND_ZERO && right.kind == KIND_INFINITE))
        return not_a_number;
    if (left.kind == KIND_INFINITE || right.kind == KIND_INFINITE)
        left.kind = KIND_INFINITE;
    else if (left.kind == KIND_ZERO || right.kind == KIND_ZERO)
        left.kind = KIND_ZERO;
    if (left.kind != KIND_NUMBER)
        return left;
    left.exponent += right.exponent;
    left.fraction = multiply_fractions(left.fraction, right.fraction);
    return normalise(left);
}

static uint64_t divide_fractions(uint64_t left, uint64_t right)
{
    uint64_t quotient = 0;
    for (uint32_t i = 0; i <= TOP_BIT; i++) {
        quotient <<= 1;
        if (left >= right) {
            left -= right;
            quotient |= 1;
        }
        left <<= 1;
    }
    return quotient | (left != 0);
}

static struct number divide(struct number left, struct number right)
{
    left.negative = left.negative != right.negative;
    if (left.kind == KIND_NAN || right.kind == KIND_NAN ||
        (left.kind == right.kind && left.kind != KIND_NUMBER))
        return not_a_number;
    if (left.kind == KIND_INFINITE || right.kind == KIND_ZERO)
        left.kind = KIND_INFINITE;
    else if (left.kind == KIND_ZERO || right.kind == KIND_INFINITE)
        left.kind = KIND_ZERO;
    if (left.kind != KIND_NUMBER)
        return left;
    left.exponent -= right.exponent;
    left.fraction = divide_fractions(left.fraction, right.fraction);
    return normalise(left);
}

static struct number from_integer(uint32_t magnitude, bool negative)
{
    return normalise((struct number){.kind = KIND_NUMBER,
                                     .negative = negative,
                                     .exponent = TOP_BIT,
                                     .fraction = magnitude});
}

/* Towards 0; what does not fit becomes the nearest that does. */
static uint32_t to_magnitude(const struct number *number, uint32_t largest)
{
    if (number->kind == KIND_ZERO || number->kind == KIND_NAN ||
        (number->kind == KIND_NUMBER && number->exponent < 0))
        return 0;
    if (number->kind == KIND_INFINITE || number->exponent >= 32)
        return largest;
    uint64_t magnitude = number->fraction >> (TOP_BIT - number->exponent);
    return magnitude > largest ? largest : (uint32_t)magnitude;
}

static uint32_t to_unsigned(struct number number)
{
    return number.negative ? 0 : to_magnitude(&number, UINT32_MAX);
}

static int32_t to_signed(struct number number)
{
    if (!number.negative)
        return (int32_t)to_magnitude(&number, INT32_MAX);
    return (int32_t)(0 - to_magnitude(&number, UINT32_C(1) << 31));
}

typedef struct number operation(struct number left, struct number right);

static float_bits on_floats(operation *run, float_bits left, float_bits right)
{
    return (float_bits)put_together(
        run(take_apart(left, &single), take_apart(right, &single)), &single);
}

static double_bits on_doubles(operation *run, double_bits left,
                              double_bits right)
{
    return put_together(
        run(take_apart(left, &twofold), take_apart(right, &twofold)), &twofold);
}

float_bits __addsf3(float_bits left, float_bits right)
{
    return on_floats(add, left, right);
}

float_bits __subsf3(float_bits left, float_bits right)
{
    return on_floats(subtract, left, right);
}

float_bits __mulsf3(float_bits left, float_bits right)
{
    return on_floats(multiply, left, right);
}

double_bits __adddf3(double_bits left, double_bits right)
{
    return on_doubles(add, left, right);
}

double_bits __subdf3(double_bits left, double_bits right)
{
    return on_doubles(subtract, left, right);
}

double_bits __muldf3(double_bits left, double_bits right)
{
    return on_doubles(multiply, left, right);
}

double_bits __divdf3(double_bits left, double_bits right)
{
    return on_doubles(divide, left, right);
}

static struct number from_signed(int32_t number)
{
    uint32_t bits = (uint32_t)number;
    return from_integer(number < 0 ? 0 - bits : bits, number < 0);
}

float_bits __floatsisf(int32_t number)
{
    return (float_bits)put_together(from_signed(number), &single);
}

float_bits __floatunsisf(uint32_t number)
{
    return (float_bits)put_together(from_integer(number, false), &single);
}

double_bits __floatsidf(int32_t number)
{
    return put_together(from_signed(number), &twofold);
}

double_bits __floatunsidf(uint32_t number)
{
    return put_together(from_integer(number, false), &twofold);
}

uint32_t __fixunssfsi(float_bits number)
{
    return to_unsigned(take_apart(number, &single));
}

int32_t __fixdfsi(double_bits number)
{
    return to_signed(take_apart(number, &twofold));
}

uint32_t __fixunsdfsi(double_bits number)
{
    return to_unsigned(take_apart(number, &twofold));
}

double_bits __extendsfdf2(float_bits number)
{
    return put_together(take_apart(number, &single), &twofold);
}

float_bits __truncdfsf2(double_bits number)
{
    return (float_bits)put_together(take_apart(number, &twofold), &single);
}
