/* SPDX-License-Identifier: Apache-2.0 */
/* The flasher stub's inflate says of a stream what zlib says, and gives the
 * same bytes, in whatever pieces the stream comes. */
#include "stub/inflate.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROOM = 1 << 19, MOST_PLAIN = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct output {
    uint8_t bytes[ROOM];
    uint32_t size;
    bool is_whole;
    bool is_too_long;
};

static struct output ours;
static struct output theirs;

static void add(struct output *output, const uint8_t *data, uint32_t size)
{
    output->is_too_long |= size > ROOM - output->size;
    if (output->is_too_long)
        return;
    memcpy(output->bytes + output->size, data, size);
    output->size += size;
}

static void run_ours(const uint8_t *data, uint32_t size, uint32_t piece)
{
    static uint8_t window[INFLATE_WINDOW];
    static struct inflate inflate;
    enum inflate_result result = INFLATE_HUNGRY;
    memset(&ours, 0, sizeof(ours));
    inflate_begin(&inflate, window);
    for (uint32_t at = 0; at < size && result == INFLATE_HUNGRY; at += piece) {
        inflate.input = data + at;
        inflate.input_size = size - at < piece ? size - at : piece;
        while ((result = inflate_run(&inflate)) == INFLATE_OUTPUT &&
               !ours.is_too_long) {
            const uint8_t *out;
            uint32_t taken = inflate_take(&inflate, &out);
            if (taken == 0 || taken > INFLATE_PIECE)
                abort();
            add(&ours, out, taken);
        }
    }
    ours.is_whole = result == INFLATE_DONE;
}

static void run_zlib(uint8_t *data, uint32_t size)
{
    z_stream z = {.next_in = data, .avail_in = size};
    memset(&theirs, 0, sizeof(theirs));
    if (inflateInit(&z) != Z_OK)
        abort();
    z.next_out = theirs.bytes;
    z.avail_out = ROOM;
    int result = inflate(&z, Z_FINISH);
    theirs.is_whole = result == Z_STREAM_END;
    theirs.is_too_long = z.avail_out == 0;
    theirs.size = (uint32_t)z.total_out;
    inflateEnd(&z);
}

static void compare(uint8_t *data, uint32_t size, uint32_t piece)
{
    run_ours(data, size, piece);
    run_zlib(data, size);
    if (ours.is_too_long || theirs.is_too_long)
        return;
    if (ours.is_whole != theirs.is_whole)
        abort();
    if (ours.is_whole && (ours.size != theirs.size ||
                          memcmp(ours.bytes, theirs.bytes, ours.size) != 0))
        abort();
}

/* The input packed, as it is and with one bit of it flipped. */
static void compare_packed(const uint8_t *data, uint32_t size, uint32_t choice)
{
    static uint8_t packed[MOST_PLAIN + MOST_PLAIN / 8];
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)data,
                  .avail_in = size,
                  .next_out = packed,
                  .avail_out = sizeof(packed)};
    int strategy = (int)(choice / 16 % 5);
    if (deflateInit2(&z, (int)(choice % 10), Z_DEFLATED, 15, 8, strategy) !=
            Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    uint32_t packed_size = (uint32_t)z.total_out;
    deflateEnd(&z);
    compare(packed, packed_size, choice % 97 + 1);
    if (!ours.is_whole || ours.size != size)
        abort();
    uint32_t bit = choice * 2654435761u % (packed_size * 8);
    packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    compare(packed, packed_size, 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > MOST_PLAIN)
        return 0;
    uint32_t choice = data[0] | (uint32_t)data[1] << 8;
    uint8_t *copy = malloc(size);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    compare(copy, (uint32_t)size, choice % 61 + 1);
    free(copy);
    compare_packed(data + 2, (uint32_t)size - 2, choice);
    return 0;
}
