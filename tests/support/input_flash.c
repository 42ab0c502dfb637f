/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in flash beside images: partition tables, otadata, CRCs. */
#include "input.h"
#include <nettle/md5.h>
#include <string.h>
#include <zlib.h>

/* [name, type, subtype, offset, size, flags], or 32 bytes as hex. */
static void append_partition(struct blob *out, const json_t *entry)
{
    if (json_is_object(entry)) {
        spec_hex(out, spec_text(entry, "hex", ""));
        return;
    }
    blob_le16(out, 0x50aa);
    blob_le16(out, spec_element(entry, 1) | spec_element(entry, 2) << 8);
    blob_le32(out, spec_element(entry, 3));
    blob_le32(out, spec_element(entry, 4));
    blob_text(out, json_string_value(json_array_get(entry, 0)), 16);
    blob_le32(out, spec_element(entry, 5));
}

static void append_partitions(struct blob *out, const json_t *entries)
{
    for (size_t i = 0; i < json_array_size(entries); i++)
        append_partition(out, json_array_get(entries, i));
}

static void append_md5(struct blob *out, bool is_wrong)
{
    struct md5_ctx md5;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&md5);
    md5_update(&md5, out->size, out->data);
    md5_digest(&md5, sizeof(digest), digest);
    digest[5] ^= is_wrong ? 0x40 : 0;
    blob_le16(out, 0xebeb);
    blob_fill(out, 0xff, 14);
    blob_append(out, digest, sizeof(digest));
}

struct blob input_table(const json_t *spec)
{
    struct blob out = {0};
    append_partitions(&out, json_object_get(spec, "entries"));
    const char *md5 = spec_text(spec, "md5", "none");
    if (strcmp(md5, "none") != 0)
        append_md5(&out, strcmp(md5, "bad") == 0);
    append_partitions(&out, json_object_get(spec, "after_md5"));
    const char *end = spec_text(spec, "end", "pad");
    size_t length = spec_number(spec, "length", 0xc00);
    if (strcmp(end, "marker") == 0)
        blob_fill(&out, 0xff, 32);
    else if (strcmp(end, "pad") == 0 && out.size < length)
        blob_fill(&out, 0xff, length - out.size);
    return out;
}

/* zlib's CRC over the four bytes with the register starting at 0. */
static uint32_t sequence_crc(uint32_t sequence)
{
    struct blob bytes = {0};
    blob_le32(&bytes, sequence);
    uint32_t crc = (uint32_t)crc32(0xffffffff, bytes.data, 4);
    blob_release(&bytes);
    return crc;
}

/* [sequence, label byte, CRC: "good", "bad" or a number]; null: erased. */
static void append_otadata_copy(struct blob *out, const json_t *copy)
{
    if (!json_is_array(copy)) {
        blob_fill(out, 0xff, 0x1000);
        return;
    }
    uint32_t sequence = spec_element(copy, 0);
    const char *word = json_string_value(json_array_get(copy, 2));
    uint32_t crc = word ? sequence_crc(sequence) ^ (strcmp(word, "bad") == 0)
                        : spec_element(copy, 2);
    blob_le32(out, sequence);
    blob_fill(out, (uint8_t)spec_element(copy, 1), 24);
    blob_le32(out, crc);
    blob_fill(out, 0xff, 0x1000 - 32);
}

struct blob input_otadata(const json_t *spec)
{
    struct blob out = {0};
    append_otadata_copy(&out, json_object_get(spec, "a"));
    append_otadata_copy(&out, json_object_get(spec, "b"));
    size_t length = spec_number(spec, "length", 0x2000);
    if (length < out.size)
        out.size = length;
    return out;
}

static uint32_t crc_row(uint32_t i)
{
    for (int bit = 0; bit < 8; bit++)
        i = i & 1 ? i >> 1 ^ 0xedb88320 : i >> 1;
    return i;
}

/* The one row of the CRC table that has this highest byte. */
static uint32_t row_with_top(uint32_t top)
{
    uint32_t i = 0;
    while (crc_row(i) >> 24 != top)
        i++;
    return i;
}

/* Random bytes, and four more that bring the CRC-32 to the wanted value:
 * walked back from the wanted register, then forward again. */
struct blob input_crc_forge(const json_t *spec)
{
    struct blob out = {0};
    input_random(&out, spec_number(spec, "seed", 0),
                 spec_number(spec, "len", 4) - 4);
    uint32_t rows[4];
    uint32_t wanted = ~spec_number(spec, "crc", 0);
    for (int k = 3; k >= 0; k--) {
        rows[k] = row_with_top(wanted >> 24);
        wanted = (wanted ^ crc_row(rows[k])) << 8;
    }
    uint32_t now = ~(uint32_t)crc32_z(0, out.data, out.size);
    for (int k = 0; k < 4; k++) {
        blob_fill(&out, (uint8_t)(now ^ rows[k]), 1);
        now = now >> 8 ^ crc_row(rows[k]);
    }
    return out;
}
