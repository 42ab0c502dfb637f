/* SPDX-License-Identifier: Apache-2.0 */
/* Images and containers of the chip. */
#include "input.h"
#include <nettle/sha2.h>
#include <string.h>

struct blob input_description(const json_t *spec)
{
    struct blob out = {0};
    blob_le32(&out, spec_number(spec, "magic", 0xabcd5432));
    blob_le32(&out, spec_number(spec, "secure_version", 0));
    blob_fill(&out, 0, 8);
    blob_text(&out, spec_text(spec, "version", ""), 32);
    blob_text(&out, spec_text(spec, "project_name", ""), 32);
    blob_text(&out, spec_text(spec, "time", ""), 16);
    blob_text(&out, spec_text(spec, "date", ""), 16);
    blob_text(&out, spec_text(spec, "idf_ver", ""), 32);
    input_random(&out, spec_number(spec, "sha_seed", 0x5a), 32);
    blob_fill(&out, 0, 80);
    return out;
}

/* A segment is [address, length, fill byte]; without fill it is random. */
static struct blob segment_data(const json_t *spec, size_t i)
{
    struct blob out = {0};
    const json_t *segment = json_array_get(json_object_get(spec, "segs"), i);
    size_t length = spec_element(segment, 1);
    if (json_is_integer(json_array_get(segment, 2)))
        blob_fill(&out, (uint8_t)spec_element(segment, 2), length);
    else
        input_random(&out, spec_number(spec, "seed", 1) * 31 + (uint32_t)i + 1,
                     length);
    const json_t *description = json_object_get(spec, "desc");
    if (json_is_object(description) && i == spec_number(spec, "desc_seg", 1)) {
        struct blob text = input_description(description);
        blob_write(&out, 0, text.data, text.size);
        blob_release(&text);
    }
    return out;
}

static uint8_t append_segment(struct blob *out, const json_t *spec, size_t i)
{
    const json_t *segment = json_array_get(json_object_get(spec, "segs"), i);
    struct blob data = segment_data(spec, i);
    uint8_t sum = 0;
    for (size_t k = 0; k < data.size; k++)
        sum ^= data.data[k];
    blob_le32(out, spec_element(segment, 0));
    blob_le32(out, (uint32_t)data.size);
    blob_move(out, &data);
    return sum;
}

static void append_digest(struct blob *out, bool is_wrong)
{
    struct sha256_ctx sha256;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha256);
    sha256_update(&sha256, out->size, out->data);
    sha256_digest(&sha256, sizeof(digest), digest);
    digest[0] ^= is_wrong;
    blob_append(out, digest, sizeof(digest));
}

/* base is where the image will lie in its file: the checksum is the last
 * byte of a line of 16 of the file. */
static void append_image(struct blob *out, const json_t *spec, size_t base)
{
    size_t count = json_array_size(json_object_get(spec, "segs"));
    blob_le16(out, spec_number(spec, "magic", 0xe9) |
                       spec_number(spec, "segcount", (uint32_t)count) << 8);
    blob_le16(out, spec_number(spec, "mode", 2) |
                       spec_number(spec, "sizefreq", 0x30) << 8);
    blob_le32(out, spec_number(spec, "entry", 0x40100004));
    uint8_t sum = 0xef;
    for (size_t i = 0; i < count; i++)
        sum ^= append_segment(out, spec, i);
    while ((base + out->size) % 16 != 15)
        blob_fill(out, 0, 1);
    blob_fill(out, (uint8_t)(sum ^ spec_number(spec, "sumxor", 0)), 1);
    const char *tail = spec_text(spec, "tail", "none");
    if (strcmp(tail, "none") != 0)
        append_digest(out, strcmp(tail, "badsha") == 0);
}

struct blob input_image(const json_t *spec)
{
    struct blob out = {0};
    append_image(&out, spec, spec_number(spec, "base", 0));
    return out;
}

struct blob input_container(const json_t *spec)
{
    struct blob irom = {0};
    input_random(&irom, spec_number(spec, "seed", 1) * 31,
                 spec_number(spec, "irom_len", 0));
    blob_align(&irom, spec_number(spec, "irom_align", 16), 0);
    struct blob out = {0};
    blob_le16(&out, 0xea | spec_number(spec, "segcount", 4) << 8);
    blob_le16(&out, spec_number(spec, "mode", 0) |
                        spec_number(spec, "userbin", 1) << 8);
    blob_le32(&out, spec_number(spec, "entry", 0x40100004));
    blob_le32(&out, spec_number(spec, "irom_addr", 0));
    blob_le32(&out, (uint32_t)irom.size);
    blob_move(&out, &irom);
    struct blob inner = {0};
    append_image(&inner, json_object_get(spec, "inner"), out.size);
    blob_move(&out, &inner);
    if (spec_number(spec, "crc", 1))
        blob_le32(&out, input_crc_old(&out) ^ spec_number(spec, "crcxor", 0));
    return out;
}
