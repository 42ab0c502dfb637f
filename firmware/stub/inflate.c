/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/inflate.h"
#include <stdbool.h>
#include <string.h>

enum {
    WINDOW_MASK = INFLATE_WINDOW - 1,
    END_OF_BLOCK = 256,
    FIRST_LENGTH = 257,
    LENGTH_SYMBOLS = 29,
    DISTANCE_SYMBOLS = 30,
    MOST_LITERALS = 286,
    CODE_LENGTHS = 19,
    REPEAT_LAST = 16,
    REPEAT_ZERO = 17,
    REPEAT_ZERO_LONG = 18,
    SUM_MODULUS = 65521,
    QUICK_SYMBOL_BITS = 9, /* below its length, in an entry */
    QUICK_SYMBOL = (1 << QUICK_SYMBOL_BITS) - 1,
};

/* The steps of a stream; each takes up where it lacked input. */
enum state {
    STREAM_HEADER,
    BLOCK_HEADER,
    STORED_SIZE,
    STORED_SIZE_AGAIN,
    STORED,
    COUNTS,
    LENGTH_CODE,
    LENGTHS,
    LENGTHS_REPEAT,
    SYMBOL,
    LENGTH_BITS,
    DISTANCE,
    DISTANCE_BITS,
    COPY,
    TRAILER,
    END,
};

enum step { STEP_DONE, STEP_HUNGRY, STEP_WRONG };

/* --- bits and codes ----------------------------------------------------- */

/* Up to 16 bits can be asked for. */
static bool has_bits(struct inflate *s, uint32_t count)
{
    while (s->bit_count < count) {
        if (s->input_size == 0)
            return false;
        s->bits |= (uint32_t)*s->input++ << s->bit_count;
        s->input_size--;
        s->bit_count += 8;
    }
    return true;
}

static uint32_t take_bits(struct inflate *s, uint32_t count)
{
    uint32_t bits = s->bits & ((UINT32_C(1) << count) - 1);
    s->bits >>= count;
    s->bit_count -= count;
    return bits;
}

/* Codes are numbered in the order of their lengths, then of their symbols:
 * the n-th code of a length has the n-th symbol that is left. */
static enum step take_long_symbol(struct inflate *s,
                                  const struct inflate_code *code,
                                  uint16_t *symbol)
{
    uint32_t value = 0;
    uint32_t first = 0;
    uint32_t index = 0;
    for (uint32_t length = 1; length <= INFLATE_LONGEST_CODE; length++) {
        if (!has_bits(s, length))
            return STEP_HUNGRY;
        value = value << 1 | (s->bits >> (length - 1) & 1);
        first <<= 1;
        uint32_t count = code->counts[length];
        if (value - first < count) {
            *symbol = code->symbols[index + value - first];
            take_bits(s, length);
            return STEP_DONE;
        }
        first += count;
        index += count;
    }
    return STEP_WRONG;
}

/* Where the input ends soon, bits that are not there are taken for 0: a code
 * that is longer than what is left does not count. */
static enum step take_symbol(struct inflate *s, const struct inflate_code *code,
                             uint16_t *symbol)
{
    (void)has_bits(s, code->quick_bits);
    uint32_t next = s->bits & ((UINT32_C(1) << code->quick_bits) - 1);
    uint32_t length = code->quick[next] >> QUICK_SYMBOL_BITS;
    if (length == 0 || length > s->bit_count)
        return take_long_symbol(s, code, symbol);
    *symbol = code->quick[next] & QUICK_SYMBOL;
    take_bits(s, length);
    return STEP_DONE;
}

static uint32_t reverse(uint32_t bits, uint32_t count)
{
    uint32_t reversed = 0;
    for (; count > 0; count--, bits >>= 1)
        reversed = reversed << 1 | (bits & 1);
    return reversed;
}

/* In the input a code's first bit is the lowest. */
static void make_quick(struct inflate_code *code, const uint8_t *lengths,
                       uint32_t count)
{
    uint32_t size = UINT32_C(1) << code->quick_bits;
    uint32_t next[INFLATE_LONGEST_CODE + 1] = {0};
    memset(code->quick, 0, size * sizeof(code->quick[0]));
    for (uint32_t i = 1; i < INFLATE_LONGEST_CODE; i++)
        next[i + 1] = (next[i] + code->counts[i]) << 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = lengths[i];
        if (length == 0 || length > code->quick_bits)
            continue;
        uint32_t at = reverse(next[length]++, length);
        for (; at < size; at += UINT32_C(1) << length)
            code->quick[at] = (uint16_t)(length << QUICK_SYMBOL_BITS | i);
    }
}

/* False: no prefix code has these lengths. One that leaves codes over is
 * none either, but for a single one of one bit; zlib takes that as well. */
static bool make_code(struct inflate_code *code, const uint8_t *lengths,
                      uint32_t count)
{
    uint16_t places[INFLATE_LONGEST_CODE + 2] = {0};
    int32_t left = 1;
    uint32_t longest = 0;
    memset(code->counts, 0, sizeof(code->counts));
    for (uint32_t i = 0; i < count; i++)
        code->counts[lengths[i]]++;
    code->counts[0] = 0;
    for (uint32_t i = 1; i <= INFLATE_LONGEST_CODE; i++) {
        left = left * 2 - code->counts[i];
        if (left < 0)
            return false;
        if (code->counts[i] > 0)
            longest = i;
        places[i + 1] = (uint16_t)(places[i] + code->counts[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        if (lengths[i] != 0)
            code->symbols[places[lengths[i]]++] = (uint16_t)i;
    make_quick(code, lengths, count);
    return left == 0 || longest <= 1;
}

/* --- blocks ------------------------------------------------------------- */

static enum step stream_header(struct inflate *s)
{
    enum { METHOD_DEFLATE = 8, LARGEST_WINDOW = 7, DICTIONARY = 0x20 };
    if (!has_bits(s, 16))
        return STEP_HUNGRY;
    uint32_t method = take_bits(s, 8);
    uint32_t flags = take_bits(s, 8);
    if ((method & 15) != METHOD_DEFLATE || method >> 4 > LARGEST_WINDOW ||
        (method << 8 | flags) % 31 != 0 || (flags & DICTIONARY) != 0)
        return STEP_WRONG;
    s->state = BLOCK_HEADER;
    return STEP_DONE;
}

static bool set_lengths(struct inflate *s)
{
    return make_code(&s->literal, s->lengths, s->literal_count) &&
           make_code(&s->distances, s->lengths + s->literal_count,
                     s->distance_count);
}

static void use_fixed_codes(struct inflate *s)
{
    memset(s->lengths, 8, 144);
    memset(s->lengths + 144, 9, 112);
    memset(s->lengths + 256, 7, 24);
    memset(s->lengths + 280, 8, 8);
    memset(s->lengths + INFLATE_LITERALS, 5, INFLATE_DISTANCES);
    s->literal_count = INFLATE_LITERALS;
    s->distance_count = INFLATE_DISTANCES;
    set_lengths(s);
    s->state = SYMBOL;
}

static enum step block_header(struct inflate *s)
{
    enum { KIND_STORED, KIND_FIXED, KIND_DYNAMIC };
    if (!has_bits(s, 3))
        return STEP_HUNGRY;
    s->is_last_block = (uint8_t)take_bits(s, 1);
    uint32_t kind = take_bits(s, 2);
    if (kind > KIND_DYNAMIC)
        return STEP_WRONG;
    s->state = kind == KIND_STORED ? STORED_SIZE : COUNTS;
    if (kind == KIND_FIXED)
        use_fixed_codes(s);
    if (kind == KIND_STORED)
        take_bits(s, s->bit_count % 8);
    return STEP_DONE;
}

static void end_block(struct inflate *s)
{
    s->state = s->is_last_block ? TRAILER : BLOCK_HEADER;
    if (s->is_last_block)
        take_bits(s, s->bit_count % 8);
    s->known = 0;
}

static bool has_room(const struct inflate *s)
{
    return s->produced - s->taken < INFLATE_PIECE;
}

static void put(struct inflate *s, uint8_t byte)
{
    s->window[s->produced++ & WINDOW_MASK] = byte;
}

static enum step stored_size(struct inflate *s)
{
    if (!has_bits(s, 16))
        return STEP_HUNGRY;
    s->stored_left = (uint16_t)take_bits(s, 16);
    s->state = STORED_SIZE_AGAIN;
    return STEP_DONE;
}

static enum step stored_size_again(struct inflate *s)
{
    if (!has_bits(s, 16))
        return STEP_HUNGRY;
    if ((uint16_t)~take_bits(s, 16) != s->stored_left)
        return STEP_WRONG;
    s->state = STORED;
    return STEP_DONE;
}

static enum step stored(struct inflate *s)
{
    if (s->stored_left == 0) {
        end_block(s);
        return STEP_DONE;
    }
    if (!has_bits(s, 8))
        return STEP_HUNGRY;
    put(s, (uint8_t)take_bits(s, 8));
    s->stored_left--;
    return STEP_DONE;
}

/* --- codes that come with a block --------------------------------------- */

static enum step counts(struct inflate *s)
{
    if (!has_bits(s, 14))
        return STEP_HUNGRY;
    s->literal_count = (uint16_t)(take_bits(s, 5) + FIRST_LENGTH);
    s->distance_count = (uint16_t)(take_bits(s, 5) + 1);
    s->length_code_count = (uint16_t)(take_bits(s, 4) + 4);
    if (s->literal_count > MOST_LITERALS ||
        s->distance_count > DISTANCE_SYMBOLS)
        return STEP_WRONG;
    memset(s->lengths, 0, CODE_LENGTHS);
    s->known = 0;
    s->state = LENGTH_CODE;
    return STEP_DONE;
}

/* The code of the code lengths takes the place of the literals' meanwhile. */
static enum step length_code(struct inflate *s)
{
    static const uint8_t order[CODE_LENGTHS] = {
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    for (; s->known < s->length_code_count; s->known++) {
        if (!has_bits(s, 3))
            return STEP_HUNGRY;
        s->lengths[order[s->known]] = (uint8_t)take_bits(s, 3);
    }
    bool is_code = make_code(&s->literal, s->lengths, CODE_LENGTHS);
    uint32_t used = 0;
    for (uint32_t i = 0; i < CODE_LENGTHS; i++)
        used += s->lengths[i] != 0;
    s->known = 0;
    s->state = LENGTHS;
    /* Here zlib takes no code that is not complete. */
    return is_code && used > 1 ? STEP_DONE : STEP_WRONG;
}

static enum step end_lengths(struct inflate *s)
{
    if (s->lengths[END_OF_BLOCK] == 0 || !set_lengths(s))
        return STEP_WRONG;
    s->state = SYMBOL;
    return STEP_DONE;
}

static enum step lengths(struct inflate *s)
{
    if (s->known == s->literal_count + s->distance_count)
        return end_lengths(s);
    enum step step = take_symbol(s, &s->literal, &s->symbol);
    if (step != STEP_DONE)
        return step;
    if (s->symbol < REPEAT_LAST)
        s->lengths[s->known++] = (uint8_t)s->symbol;
    else
        s->state = LENGTHS_REPEAT;
    return STEP_DONE;
}

static enum step lengths_repeat(struct inflate *s)
{
    static const uint8_t bits[] = {2, 3, 7};
    static const uint8_t least[] = {3, 3, 11};
    uint32_t kind = s->symbol - REPEAT_LAST;
    if (!has_bits(s, bits[kind]))
        return STEP_HUNGRY;
    uint32_t count = take_bits(s, bits[kind]) + least[kind];
    if ((kind == 0 && s->known == 0) ||
        s->known + count > (uint32_t)s->literal_count + s->distance_count)
        return STEP_WRONG;
    uint8_t length = kind == 0 ? s->lengths[s->known - 1] : 0;
    memset(s->lengths + s->known, length, count);
    s->known = (uint16_t)(s->known + count);
    s->state = LENGTHS;
    return STEP_DONE;
}

/* --- their data --------------------------------------------------------- */

static enum step symbol(struct inflate *s)
{
    for (;;) {
        enum step step = take_symbol(s, &s->literal, &s->symbol);
        if (step != STEP_DONE)
            return step;
        if (s->symbol >= END_OF_BLOCK)
            break;
        put(s, (uint8_t)s->symbol);
        if (!has_room(s))
            return STEP_DONE;
    }
    if (s->symbol == END_OF_BLOCK)
        end_block(s);
    else
        s->state = LENGTH_BITS;
    return s->symbol < FIRST_LENGTH + LENGTH_SYMBOLS ? STEP_DONE : STEP_WRONG;
}

/* Lengths 3 to 10 have a symbol each; from there on, four symbols have one
 * more bit than the four before. The last is 258, without bits. */
static enum step length_bits(struct inflate *s)
{
    uint32_t number = s->symbol - FIRST_LENGTH;
    uint32_t bits = number < 8 ? 0 : number / 4 - 1;
    uint32_t least = number < 8 ? 3 + number : ((4 + number % 4) << bits) + 3;
    if (number == LENGTH_SYMBOLS - 1) {
        bits = 0;
        least = 258;
    }
    if (!has_bits(s, bits))
        return STEP_HUNGRY;
    s->length = (uint16_t)(least + take_bits(s, bits));
    s->state = DISTANCE;
    return STEP_DONE;
}

static enum step distance(struct inflate *s)
{
    enum step step = take_symbol(s, &s->distances, &s->symbol);
    if (step != STEP_DONE)
        return step;
    s->state = DISTANCE_BITS;
    return s->symbol < DISTANCE_SYMBOLS ? STEP_DONE : STEP_WRONG;
}

/* Likewise, by twos. */
static enum step distance_bits(struct inflate *s)
{
    uint32_t bits = s->symbol < 4 ? 0 : s->symbol / 2u - 1;
    uint32_t least =
        s->symbol < 4 ? s->symbol + 1u : ((2u + s->symbol % 2) << bits) + 1;
    if (!has_bits(s, bits))
        return STEP_HUNGRY;
    uint32_t back = least + take_bits(s, bits);
    if (back > s->produced)
        return STEP_WRONG;
    s->distance = (uint16_t)back;
    s->state = COPY;
    return STEP_DONE;
}

static enum step copy(struct inflate *s)
{
    for (; s->length > 0 && has_room(s); s->length--)
        put(s, s->window[(s->produced - s->distance) & WINDOW_MASK]);
    if (s->length == 0)
        s->state = SYMBOL;
    return STEP_DONE;
}

/* All output must have been taken, since it was summed up then. */
static enum step trailer(struct inflate *s)
{
    for (; s->known < 4; s->known++) {
        if (!has_bits(s, 8))
            return STEP_HUNGRY;
        s->trailer = s->trailer << 8 | take_bits(s, 8);
    }
    s->state = END;
    return s->trailer == (s->sum_high << 16 | s->sum_low) ? STEP_DONE
                                                          : STEP_WRONG;
}

/* --- the whole ---------------------------------------------------------- */

static enum step (*const steps[])(struct inflate *s) = {
    [STREAM_HEADER] = stream_header,
    [BLOCK_HEADER] = block_header,
    [STORED_SIZE] = stored_size,
    [STORED_SIZE_AGAIN] = stored_size_again,
    [STORED] = stored,
    [COUNTS] = counts,
    [LENGTH_CODE] = length_code,
    [LENGTHS] = lengths,
    [LENGTHS_REPEAT] = lengths_repeat,
    [SYMBOL] = symbol,
    [LENGTH_BITS] = length_bits,
    [DISTANCE] = distance,
    [DISTANCE_BITS] = distance_bits,
    [COPY] = copy,
    [TRAILER] = trailer,
};

void inflate_begin(struct inflate *s, uint8_t *window)
{
    memset(s, 0, sizeof(*s));
    s->window = window;
    s->sum_low = 1;
    s->literal.symbols = s->literal_symbols;
    s->literal.quick = s->quick_literals;
    s->literal.quick_bits = INFLATE_QUICK_LITERAL;
    s->distances.symbols = s->distance_symbols;
    s->distances.quick = s->quick_distances;
    s->distances.quick_bits = INFLATE_QUICK_DISTANCE;
}

enum inflate_result inflate_run(struct inflate *s)
{
    enum step step = STEP_DONE;
    while (step == STEP_DONE) {
        uint32_t ready = s->produced - s->taken;
        if (!has_room(s) || (ready > 0 && s->state == TRAILER))
            return INFLATE_OUTPUT;
        if (s->state == END)
            return INFLATE_DONE;
        step = steps[s->state](s);
    }
    if (step == STEP_WRONG)
        return INFLATE_WRONG;
    return s->produced != s->taken ? INFLATE_OUTPUT : INFLATE_HUNGRY;
}

static void sum_up(struct inflate *s, const uint8_t *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        s->sum_low += data[i];
        s->sum_high += s->sum_low;
    }
    s->sum_low %= SUM_MODULUS;
    s->sum_high %= SUM_MODULUS;
}

uint32_t inflate_take(struct inflate *s, const uint8_t **data)
{
    uint32_t at = s->taken & WINDOW_MASK;
    uint32_t size = s->produced - s->taken;
    if (size > INFLATE_WINDOW - at)
        size = INFLATE_WINDOW - at;
    *data = s->window + at;
    sum_up(s, *data, size);
    s->taken += size;
    return size;
}
